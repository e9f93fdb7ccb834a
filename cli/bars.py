"""Bars on a terminal: an upload with its rate and the time left, the jobs that run, and all of them together."""

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from cli.printing import shown
from cli.progress import standing
from triptych.client.records.batch import Batch
from triptych.client.records.job import Job

MOST_SHOWN = 8  # jobs at a time
NAME_CHARACTERS = 32


class JobRate(ProgressColumn):
    """How many jobs end in a second, or in a minute where that reads better."""

    def render(self, task: Task) -> Text:
        """The rate, once there is one."""
        if not task.speed:
            return Text("")
        return Text(f"{task.speed:.1f}/s" if task.speed >= 1 else f"{60 * task.speed:.1f}/min")


class TimeLeft(TimeRemainingColumn):
    """The API's own estimate where it tells one, else what the pace so far says."""

    def render(self, task: Task) -> Text:
        """Minutes and seconds."""
        told = task.fields.get("eta_s")
        if told is None or task.finished:
            return super().render(task)
        minutes, seconds = divmod(int(told), 60)
        return Text(f"{minutes:02}:{seconds:02}", style="progress.remaining")


class Bars:
    """All bars of one command, drawn on standard error while the block lasts."""

    def __init__(self, jobs: int, console: Console | None = None) -> None:
        console = console or Console(stderr=True, highlight=False)
        name = TextColumn("{task.description}", markup=False)
        self._uploads = Progress(
            name, BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), console=console
        )
        self._jobs = Progress(
            name, BarColumn(), TextColumn("{task.fields[stands]}", markup=False), TimeLeft(), console=console
        )
        self._all = Progress(name, BarColumn(), MofNCompleteColumn(), JobRate(), TimeLeft(), console=console)
        self._whole = self._all.add_task("jobs", total=jobs) if jobs > 1 else None
        self._bars: dict[str, TaskID] = {}
        self._live = Live(
            Group(self._uploads, self._jobs, self._all),
            console=console,
            transient=True,
            redirect_stdout=sys.stdout.isatty(),  # above the bars; what goes into a pipe stays there
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def sending(self, name: str, size_bytes: int) -> Callable[[int], None]:
        """Show an upload until all of it is sent."""
        bar = self._uploads.add_task(_short(name), total=size_bytes)

        def sent(bytes_sent: int) -> None:
            self._uploads.update(bar, completed=bytes_sent, visible=bytes_sent < size_bytes)

        return sent

    def job(self, name: str, job: Job) -> None:
        """Show how a job stands, and that it has ended among all."""
        bar = self._bars.get(job.id)
        if job.is_finished:
            if bar is not None:
                self._jobs.remove_task(self._bars.pop(job.id))
            if self._whole is not None:
                self._all.advance(self._whole)
            return
        if bar is None:
            if len(self._bars) >= MOST_SHOWN:
                return
            bar = self._bars[job.id] = self._jobs.add_task(_short(name), total=None, stands="", eta_s=None)
        fraction = None if job.progress is None else job.progress.fraction
        self._jobs.update(
            bar,
            total=None if fraction is None else 1.0,
            completed=fraction or 0.0,
            stands=shown(standing(job)),
            eta_s=job.eta_s,
        )

    def batch(self, batch: Batch) -> None:
        """Show how many of its lines have ended, how fast, and how long the others should take."""
        name = _short(f"{batch.name or 'batch'}: {batch.state}")
        if self._whole is None:
            self._whole = self._all.add_task(name, total=None)
        total = batch.lines.total or None
        self._all.update(self._whole, total=total, completed=batch.lines.ended, description=name, eta_s=batch.eta_s)


def _short(name: str) -> str:
    """A name that leaves room for its bar."""
    name = shown(name)
    return name if len(name) <= NAME_CHARACTERS else f"{name[: NAME_CHARACTERS - 1]}…"
