"""``triptych submit``: files or a text become jobs, which are waited for where that is wanted."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.asking import open_client, told
from cli.errors import NotUnderstood, Unreadable
from cli.exits import Exit
from cli.options import AsJson, Params, PipelineName, ToFile
from cli.orders import Order, order_of_text, order_together, orders_of_each, params_of, refuse_all, sources_of
from cli.printing import fail, note, say, tell
from cli.progress import Shown, progress, standing
from cli.results import show_result, write_output
from cli.uploading import UploadInterrupted, bring, is_large
from cli.waiting import interrupted, wait_for
from triptych.client import Client, NotAllowed, Refused
from triptych.client.records.job import Job
from triptych.client.sources import unwatched

Together = Annotated[bool, typer.Option("--together", help="One job on all files, for pipelines that take several.")]
Wait = Annotated[bool, typer.Option("--wait", "-w", help="Wait until the jobs have ended.")]
OutputName = Annotated[
    str | None, typer.Option("--output", metavar="NAME", help="Write this output of the one job; implies --wait.")
]


def submit(
    files: Annotated[list[str] | None, typer.Argument(metavar="[FILE]...", help="Files; - is standard input.")] = None,
    text: Annotated[str | None, typer.Option("--text", "-t", help="A text instead of files.")] = None,
    pipeline: PipelineName = None,
    param: Params = None,
    together: Together = False,
    wait: Wait = False,
    output: OutputName = None,
    to: ToFile = None,
    batch: Annotated[bool, typer.Option("--batch", help="Behind everybody's interactive jobs.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do the work even if its result is kept.")] = False,
    remember: Annotated[bool, typer.Option(help="Have what comes of it found again in the memory.")] = True,
    as_json: AsJson = False,
) -> None:
    """Have files or a text worked on: sound is transcribed, pictures analysed, documents summarised, or as you say.

    Prints a line for each job. With --wait it shows how far they are, and what came of them.
    """
    asked = {"params": params_of(param or []), "fresh": fresh, "remember": remember}
    asked["priority"] = "batch" if batch else "interactive"
    paths = files or []
    is_one = together or len(paths) <= 1
    _check(paths, text, output=output, to=to, is_one=is_one)
    report = _Report(is_one=is_one, output=output, to=to, as_json=as_json)
    with sources_of(paths, refuse_all if together else report.bad) as sources, open_client() as client:
        if text is not None:
            wanted = [order_of_text(text, pipeline)]
        elif together:
            wanted = [order_together(sources, pipeline)]
        else:
            wanted = list(orders_of_each(sources, pipeline, report.bad))
        names: dict[str, str] = {}
        try:
            with progress(0, quiet=as_json) as shown:
                for order, job in _accepted(client, wanted, asked, shown, report):
                    names[job.id] = order.name
                    if not (wait or output):
                        report.accepted(order, job)
        except KeyboardInterrupt as pressed:
            if isinstance(pressed, UploadInterrupted):
                note(str(pressed))
            interrupted(names, client.jobs.cancel)
        if wait or output:
            wait_for(client, names, partial(report.ended, client), quiet=as_json)
    raise typer.Exit(report.worst)


def _check(paths: Sequence[str], text: str | None, *, output: str | None, to: Path | None, is_one: bool) -> None:
    """Raise NotUnderstood for what makes no sense together."""
    if text is not None and paths:
        raise NotUnderstood("give files or --text, not both")
    if text is None and not paths:
        raise NotUnderstood("there is nothing to do: give files, - for standard input, or --text")
    if output and not is_one:
        raise NotUnderstood("--output is of one job, and these files are several: fetch theirs with `triptych get`")
    if to and not output:
        raise NotUnderstood("-o says where an output goes: say which one with --output")


def _accepted(
    client: Client, wanted: Sequence[Order], asked: Mapping[str, Any], shown: Shown, report: "_Report"
) -> Iterator[tuple[Order, Job]]:
    """The jobs, one after another; one that is not to be keeps no other from being asked for, but for want of a key."""
    for order in wanted:
        try:
            job = _asked_for(client, order, asked, shown)
        except NotAllowed:
            raise
        except Refused as error:
            report.refused(order, error)
        except OSError as error:  # of its files
            report.bad(Unreadable(f"{order.name}: {error.strerror or error}"))
        else:
            yield order, job


def _asked_for(client: Client, order: Order, asked: Mapping[str, Any], shown: Shown) -> Job:
    """One job. Its files go along in the same request, but for large ones, which are brought before."""
    if any(map(is_large, order.sources)):
        files = [bring(client, source, shown).id for source in order.sources]
        return client.jobs.create(order.pipeline, files=files, **asked)
    size_bytes = sum(source.size_bytes for source in order.sources)
    on_sent = shown.sending(order.name, size_bytes) if order.sources else unwatched
    return client.jobs.create(order.pipeline, text=order.text, sources=order.sources, on_sent=on_sent, **asked)


class _Report:
    """Tells of each job, and remembers the worst of what happened to one."""

    def __init__(self, *, is_one: bool, output: str | None, to: Path | None, as_json: bool) -> None:
        self._is_one = is_one
        self._output = output
        self._to = to
        self._as_json = as_json
        self.worst = Exit.DONE

    def accepted(self, order: Order, job: Job) -> None:
        """A job that nobody waits for."""
        if self._as_json:
            tell(job)
        else:
            say(f"{job.id}  {job.pipeline}  {order.name}")

    def bad(self, why: Unreadable | NotUnderstood) -> None:
        """A file that cannot be taken."""
        fail(str(why))
        self.worst = max(self.worst, Exit.USAGE if isinstance(why, NotUnderstood) else Exit.FAILED)

    def refused(self, order: Order, error: Refused) -> None:
        """A job that will not be."""
        lines = told(error)
        fail(f"{order.name}: {lines[0]}", *lines[1:])
        self.worst = max(self.worst, Exit.REFUSED)

    def ended(self, client: Client, job: Job) -> None:
        """A job that was waited for."""
        if not job.has_succeeded:
            self.worst = max(self.worst, Exit.JOB_FAILED)
        if self._output and job.has_succeeded:
            write_output(client, client.jobs.output(job, self._output), self._to)
        elif self._output:
            fail(f"the job {job.id} {standing(job)}")
        elif self._as_json:
            tell(job)
        elif self._is_one:
            show_result(job)
        else:
            names = ", ".join(one.name for one in job.inputs)
            say(f"{job.id}  {job.pipeline}  {job.state}  {names}{f'  {job.error.message}' if job.error else ''}")
