"""What a batch is asked for with, how it is waited for, and what is told of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from cli.errors import NotUnderstood
from cli.exits import Exit
from cli.orders import STDIN, sources_of
from cli.printing import note, say, size, tell
from cli.progress import progress
from cli.uploading import bring, is_large
from cli.waiting import interrupted
from triptych.client import Client, Source
from triptych.client.records.batch import Batch, BatchState

MANIFESTS = (".jsonl", ".ndjson", ".csv")
MOST_IN_FORM = 5000  # files that go along; more are brought one by one, as large ones are
TOLD_LINES = 10
COUNTED = ("succeeded", "running", "queued", "failed", "cancelled", "invalid")


@dataclass(frozen=True, slots=True)
class Came:
    """What was given: a manifest, files, or both."""

    manifest: Source | None
    files: Sequence[Source]

    def ask(self, client: Client, *, quiet: bool, **asked: Any) -> Batch:  # Any: as the client has it
        """Ask for the batch. Raises NotUnderstood, and as the client."""
        with progress(0, quiet=quiet) as shown:
            if self.manifest is None and (len(self.files) > MOST_IN_FORM or any(map(is_large, self.files))):
                ids = [bring(client, file, shown).id for file in self.files]
                return client.batches.create(files=ids, **asked)
            came = [*([self.manifest] if self.manifest else []), *self.files]
            on_sent = shown.sending(came[0].name, sum(source.size_bytes for source in came))
            return client.batches.create(manifest=self.manifest, sources=self.files, on_sent=on_sent, **asked)


@contextmanager
def brought(paths: Sequence[str]) -> Iterator[Came]:
    """What the paths mean: one manifest at most, files, and those in folders, by the names that lines call them.

    Raises NotUnderstood for what is not there, and where there is nothing.
    """
    folders = [Path(path) for path in paths if path != STDIN and Path(path).is_dir()]
    manifests = [path for path in paths if path == STDIN or path.lower().endswith(MANIFESTS)]
    if len(manifests) > 1:
        raise NotUnderstood(f"one manifest is taken, and these are {len(manifests)}: {', '.join(manifests)}")
    plain = [path for path in paths if path not in manifests and Path(path) not in folders]
    with sources_of([*manifests, *plain]) as sources:
        first = sources[: len(manifests)]
        files = [*sources[len(manifests) :], *(file for folder in folders for file in _within(folder))]
        if not sources and not files:
            raise NotUnderstood(f"there is no file in {', '.join(map(str, folders))}")
        yield Came(first[0] if first else None, files)


def wait_for_batch(client: Client, batch: Batch, *, quiet: bool) -> Batch:
    """The batch once it goes on no more. Raises typer.Exit when Ctrl-C ends the waiting, and what the client raises."""
    while batch.goes_on:
        try:
            with progress(0, quiet=quiet) as shown:
                for stands in client.batches.watch(batch.id):
                    batch = stands
                    shown.batch(batch)
        except KeyboardInterrupt:
            interrupted({batch.id: batch.name or "the batch"}, client.batches.cancel, "triptych batch watch")
    return batch


def show(batch: Batch, *, as_json: bool) -> None:
    """Tell how a batch stands, for programs or for people."""
    if as_json:
        tell(batch)
        return
    counts = {name: getattr(batch.lines, name) for name in COUNTED}
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    say(f"{batch.id}  {batch.state}  {_lines(batch.lines.total)}{f': {told}' if told else ''}")
    if batch.state is BatchState.VALIDATED:
        seconds = batch.estimate.seconds
        long = "nobody can say how long it takes yet" if seconds is None else f"about {_duration(seconds)}"
        say(f"{_lines(batch.estimate.lines)} can be done, {size(batch.estimate.size_bytes)}, {long}")
    if batch.error:
        say(f"{batch.error.code}: {batch.error.message}")


def conclude(client: Client, batch: Batch) -> None:
    """Say which lines went wrong, and what to do. Raises typer.Exit when some did."""
    wrong = "invalid" if batch.state is BatchState.VALIDATED else "failed"
    if getattr(batch.lines, wrong):
        for line in islice(client.batches.lines(batch.id, state=wrong), TOLD_LINES):
            error = f"{line.error.code}: {line.error.message}" if line.error else line.state
            note(f"line {line.number}{f' ({line.custom_id})' if line.custom_id else ''}: {error}")
        note(f"all of them: triptych batch lines {batch.id} --state {wrong}")
    if batch.state is BatchState.VALIDATED:
        note(f"it waits: triptych batch start {batch.id}")
    if batch.state is BatchState.VALIDATED and batch.lines.invalid:
        raise typer.Exit(Exit.REFUSED)
    if batch.lines.failed or batch.state in (BatchState.FAILED, BatchState.CANCELLED):
        raise typer.Exit(Exit.JOB_FAILED)


def _within(folder: Path) -> Iterator[Source]:
    """The files of a folder, called by their way in it, but for hidden ones."""
    for path in sorted(folder.rglob("*")):
        way = path.relative_to(folder)
        if path.is_file() and not any(step.startswith(".") for step in way.parts):
            yield replace(Source.of_path(path), name=way.as_posix())


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
