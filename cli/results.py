"""What came of a job: told to people, or one of its outputs written to a file or to standard output."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

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
    if not _is_text(output):
        refuse_terminal(f"{output.name} ({output.media_type})")
    pour(lambda out: client.jobs.copy(output, out))


def refuse_terminal(what: str) -> None:
    """Raise NotUnderstood where standard output is a terminal, which shows no such bytes."""
    if sys.stdout.isatty():
        raise NotUnderstood(f"{what} is not for a terminal: say -o FILE, or pipe it")


def pour(copy: Callable[[BinaryIO], object]) -> None:
    """Have ``copy`` write to standard output, all of it before anything else happens."""
    copy(sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _is_text(output: Output) -> bool:
    return output.media_type.startswith(TEXTUAL) or output.media_type.endswith("+json")
