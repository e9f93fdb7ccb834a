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
    """What was given: a manifest, a zip, files."""

    manifest: Source | None
    archive: Source | None
    files: Sequence[Source]

    @property
    def all(self) -> list[Source]:
        """Everything, in the order in which it is sent."""
        return [*filter(None, self.all_in_one), *self.files]

    @property
    def all_in_one(self) -> tuple[Source | None, Source | None]:
        """What holds many lines, or many files."""
        return self.manifest, self.archive

    def ask(self, client: Client, *, quiet: bool, **asked: Any) -> Batch:  # Any: as the client has it
        """Ask for the batch. Raises NotUnderstood, and as the client."""
        with progress(0, quiet=quiet) as shown:
            is_much = len(self.files) > MOST_IN_FORM or any(map(is_large, self.all))
            if is_much and not (self.files and (self.manifest or self.archive)):
                manifest, archive = (bring(client, one, shown).id if one else None for one in self.all_in_one)
                files = [bring(client, one, shown).id for one in self.files]
                return client.batches.create(files=files, manifest=manifest, archive=archive, **asked)
            on_sent = shown.sending(self.all[0].name, sum(source.size_bytes for source in self.all))
            return client.batches.create(
                manifest=self.manifest, archive=self.archive, sources=self.files, on_sent=on_sent, **asked
            )


@contextmanager
def brought(paths: Sequence[str]) -> Iterator[Came]:
    """What the paths mean: one manifest and one zip at most, files, and those in folders, as lines call them.

    Raises Unreadable for what is not there, and NotUnderstood where there is nothing.
    """
    manifest = _only("manifest", [path for path in paths if path == STDIN or path.lower().endswith(MANIFESTS)])
    archive = _only("zip", [path for path in paths if path.lower().endswith(".zip")])
    folders = [path for path in paths if path not in (*manifest, *archive) and Path(path).is_dir()]
    plain = [path for path in paths if path not in (*manifest, *archive, *folders)]
    with sources_of([*manifest, *archive, *plain]) as sources:
        rest = iter(sources)
        first, second = (next(rest) if one else None for one in (manifest, archive))
        came = Came(first, second, [*rest, *(file for folder in folders for file in _within(Path(folder)))])
        if not came.all:
            raise NotUnderstood(f"there is no file in {', '.join(folders)}")
        yield came


def _only(what: str, paths: list[str]) -> list[str]:
    if len(paths) > 1:
        raise NotUnderstood(f"one {what} is taken, and these are {len(paths)}: {', '.join(paths)}")
    return paths


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


def conclude(client: Client, batch: Batch, *, as_json: bool) -> None:
    """Say which lines went wrong, and what to do, but to programs. Raises typer.Exit when some did."""
    if not as_json:
        _advise(client, batch)
    if batch.lines.invalid and (batch.state is BatchState.VALIDATED or _is_vain(batch)):
        raise typer.Exit(Exit.REFUSED)
    if batch.lines.failed or batch.state in (BatchState.FAILED, BatchState.CANCELLED):
        raise typer.Exit(Exit.JOB_FAILED)


def _advise(client: Client, batch: Batch) -> None:
    wrong = "invalid" if batch.state is BatchState.VALIDATED or _is_vain(batch) else "failed"
    if getattr(batch.lines, wrong):
        for line in islice(client.batches.lines(batch.id, state=wrong), TOLD_LINES):
            error = f"{line.error.code}: {line.error.message}" if line.error else line.state
            note(f"line {line.number}{f' ({line.custom_id})' if line.custom_id else ''}: {error}")
        note(f"all of them: triptych batch lines {batch.id} --state {wrong}")
    if _is_vain(batch):
        note("none of its lines can be done, so nothing runs: mend them and submit it anew")
    elif batch.state is BatchState.VALIDATED:
        note(f"it waits for `triptych batch start {batch.id}`, until {batch.expires_at}")
    elif batch.state is BatchState.VALIDATING:
        note(f"its lines are being checked: it waits for `triptych batch start {batch.id}` if one cannot be done")
        note(f"`triptych batch watch {batch.id}` shows what comes of it")


def _is_vain(batch: Batch) -> bool:
    """Whether nothing comes of it: all lines are read, and none of them can be done."""
    is_read = batch.state in (BatchState.VALIDATED, BatchState.RUNNING, BatchState.FINISHED)
    return is_read and 0 < batch.lines.invalid == batch.lines.total


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
