"""What came of a job: told to people, or one of its outputs written to a file or to standard output."""

import json
import sys
from pathlib import Path

from cli.errors import NotUnderstood
from cli.printing import note, say, size
from triptych.client import Client
from triptych.client.records.job import Job, Output

TEXTUAL = ("text/", "application/json", "application/x-subrip")


def show_result(job: Job) -> None:
    """A job as it stands, for people: how it ended, what it found, and what it made."""
    say(f"{job.id}  {job.pipeline}  {job.state}{'  (from an earlier job)' if job.cached else ''}")
    if job.error:
        say(f"{job.error.code}: {job.error.message}")
    if job.engine:
        say(f"made by {' '.join(filter(None, (job.engine.name, job.engine.model, job.engine.version)))}")
    for warning in job.warnings:
        say(f"warning: {warning}")
    if job.result:
        say(json.dumps(job.result, ensure_ascii=False, indent=2))
    for output in job.outputs:
        say(f"output {output.name}  {output.media_type}  {size(output.size_bytes)}")


def write_output(client: Client, output: Output, to: Path | None) -> None:
    """Write an output to ``to``, or to standard output where there is none. Raises NotUnderstood, and as the client."""
    if to is not None:
        size_bytes = client.jobs.download(output, to)
        note(f"{to}: {size(size_bytes)}")
        return
    if sys.stdout.isatty() and not _is_text(output):
        raise NotUnderstood(f"{output.name} is {output.media_type}, which no terminal shows: say -o FILE, or pipe it")
    client.jobs.copy(output, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _is_text(output: Output) -> bool:
    return output.media_type.startswith(TEXTUAL) or output.media_type.endswith("+json")
