"""How far uploads and jobs are: bars on a terminal, lines where nobody watches."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from cli.printing import note, shown, size
from triptych.client.records.batch import Batch
from triptych.client.records.job import Job
from triptych.client.sources import unwatched

LINE_EACH = 0.1  # of a job's way


class Shown(Protocol):
    """Who shows how far things are."""

    def sending(self, name: str, size_bytes: int, /) -> Callable[[int], None]:
        """Show an upload; what is returned is told how many bytes have been sent."""

    def job(self, name: str, job: Job, /) -> None:
        """Show how a job stands."""

    def batch(self, batch: Batch, /) -> None:
        """Show how a batch stands."""


@contextmanager
def progress(jobs: int, *, quiet: bool = False) -> Iterator[Shown]:
    """Who shows the uploads and ``jobs`` of a command on standard error. ``quiet``: bars may be shown, lines not."""
    if sys.stderr.isatty():
        from cli.bars import Bars

        with Bars(jobs) as bars:
            yield bars
    else:
        yield Silence() if quiet else Lines()


def standing(job: Job) -> str:
    """How a job stands, in a few words."""
    words = [str(job.state)]
    if job.position is not None:
        words.append(f"number {job.position}")
    if job.progress is not None and not job.is_finished:
        words += [] if job.progress.fraction is None else [f"{job.progress.fraction:.0%}"]
        words += [job.progress.note] if job.progress.note else []
    if job.error is not None:
        words.append(job.error.message)
    return ", ".join(words)


class Silence:
    """Shows nothing: a program reads the result."""

    def sending(self, _: str, __: int) -> Callable[[int], None]:
        """Show nothing."""
        return unwatched

    def job(self, _: str, __: Job) -> None:
        """Show nothing."""

    def batch(self, _: Batch) -> None:
        """Show nothing."""


class Lines:
    """Says what changed, a line each: not every percent, for the lines may end in a log."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[object, ...]] = {}

    def sending(self, name: str, size_bytes: int) -> Callable[[int], None]:
        """Say once that it is sent."""
        note(f"{name}: sending {size(size_bytes)}")
        return unwatched

    def job(self, name: str, job: Job) -> None:
        """Say how it stands when that is another state, another step or a tenth further."""
        way = job.progress or None
        fraction = 0.0 if way is None or way.fraction is None else way.fraction
        stands = (job.state, job.attempt, way.note if way else "", int(fraction / LINE_EACH))
        if self._said.get(job.id) != stands:
            self._said[job.id] = stands
            note(f"{name}: {standing(job)}")

    def batch(self, batch: Batch) -> None:
        """Say how it stands when that is another state, or a tenth of its lines further."""
        stands = (batch.state, int(batch.lines.ended / LINE_EACH / max(batch.lines.total, 1)))
        if self._said.get(batch.id) != stands:
            self._said[batch.id] = stands
            note(f"{batch.name or batch.id}: {batch.state}, {batch.lines.ended:,} of {batch.lines.total:,} lines")


def names_of(jobs: Mapping[str, str]) -> str:
    """Several jobs by their names, or how many there are."""
    names = list(jobs.values())
    return shown(", ".join(names)) if len(names) <= 3 else f"{len(names)} jobs"
