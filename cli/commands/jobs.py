"""Commands about jobs that are there: ``watch``, ``get``, ``cancel`` and ``retry``."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.asking import exit_of, open_client, told
from cli.errors import NotUnderstood
from cli.exits import Exit
from cli.options import AsJson, JobId, JobIds
from cli.printing import fail, note, say, size, tell
from cli.progress import standing
from cli.results import show_result, write_output
from cli.waiting import wait_for
from cli.watching import watch_one
from triptych.client import Client, Refused
from triptych.client.records.job import Job


def watch(jobs: JobIds, as_json: AsJson = False) -> None:
    """Show jobs until they have ended: of one everything that it finds, as it is found; of several how far they are.

    With --json one job's events are printed, of several the jobs as they end.
    """
    with open_client() as client:
        ended: list[Job] = []
        if len(jobs) == 1:
            ended.append(watch_one(client, jobs[0], as_json=as_json))
        else:
            names = {job.id: f"{job.pipeline} {job.id}" for job in map(client.jobs.get, jobs)}

            def end(job: Job) -> None:
                ended.append(job)
                _told(job, as_json=as_json)

            wait_for(client, names, end, quiet=as_json)
    if not all(job.has_succeeded for job in ended):
        raise typer.Exit(Exit.JOB_FAILED)


def get(
    job_id: JobId,
    output: Annotated[
        str | None, typer.Option("--output", metavar="NAME", help="Write this output, to standard output without -o.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("-o", metavar="PATH", help="A file for that output, or a folder for all of them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell how a job stands and what came of it, or fetch what it made."""
    with open_client() as client:
        job = client.jobs.get(job_id)
        if output is not None:
            write_output(client, client.jobs.output(job, output), to)
        elif to is not None:
            _fetch_all(client, job, to)
        elif as_json:
            tell(job)
        else:
            show_result(job)
    if job.is_finished and not job.has_succeeded:
        raise typer.Exit(Exit.JOB_FAILED)


def cancel(jobs: JobIds, as_json: AsJson = False) -> None:
    """Cancel jobs that are queued or running."""
    with open_client() as client:
        _each(jobs, client.jobs.cancel, as_json=as_json)


def retry(jobs: JobIds, as_json: AsJson = False) -> None:
    """Have finished jobs done again: what failed goes on where it stopped, what succeeded begins anew."""
    with open_client() as client:
        _each(jobs, client.jobs.retry, as_json=as_json)


def _each(jobs: Sequence[str], change: Callable[[str], Job], *, as_json: bool) -> None:
    """Change every job; one that is refused keeps no other from it. Raises typer.Exit when one was."""
    worst = Exit.DONE
    for job_id in jobs:
        try:
            _told(change(job_id), as_json=as_json)
        except Refused as error:
            lines = told(error)
            fail(f"{job_id}: {lines[0]}", *lines[1:])
            worst = max(worst, exit_of(error))
    raise typer.Exit(worst)


def _told(job: Job, *, as_json: bool) -> None:
    if as_json:
        tell(job)
    else:
        say(f"{job.id}  {job.pipeline}  {standing(job)}")


def _fetch_all(client: Client, job: Job, folder: Path) -> None:
    """Every output of a job into ``folder``, which is made. Raises NotUnderstood where there is none."""
    if not job.outputs:
        raise NotUnderstood(f"the job {job.id} has no outputs: it is {job.state}")
    folder.mkdir(parents=True, exist_ok=True)
    for output in job.outputs:
        to = folder / Path(output.name).name
        note(f"{to}: {size(client.jobs.download(output, to))}")
