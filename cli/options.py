"""Arguments and options that several commands share, with what completes them in a shell."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from cli.asking import open_client
from triptych.client import Client, ClientError, Patience
from triptych.settings import BadSettings

AT_ONCE = Patience(connect_s=0.5, silence_s=1.0, attempts=1)  # whoever presses Tab waits
OFFERED = 20


def offered(ask: Callable[[Client], Iterable[tuple[str, str]]], incomplete: str) -> Iterator[tuple[str, str]]:
    """What ``ask`` finds that begins so, with what it is; nothing where none answers: Tab is no place for errors."""
    try:
        with open_client(AT_ONCE) as client:
            found = list(ask(client))
    except (ClientError, BadSettings):
        return
    yield from (one for one in found if one[0].startswith(incomplete))


def pipeline_names(incomplete: str) -> Iterator[tuple[str, str]]:
    """What of the running API begins so, with its title."""
    return offered(lambda client: ((one.name, one.title) for one in client.house.pipelines()), incomplete)


def job_ids(incomplete: str) -> Iterator[tuple[str, str]]:
    """The newest jobs whose ids begin so, with what they are."""
    return offered(
        lambda client: ((job.id, f"{job.pipeline} {job.state}") for job in islice(client.jobs.list(), OFFERED)),
        incomplete,
    )


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one document a line.")]
PipelineName = Annotated[
    str | None,
    typer.Option("--pipeline", "-p", help="What to do; else chosen by medium.", autocompletion=pipeline_names),
]
JobIds = Annotated[list[str], typer.Argument(metavar="JOB...", help="Ids of jobs.", autocompletion=job_ids)]
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The id of a job.", autocompletion=job_ids)]
Params = Annotated[
    list[str] | None,
    typer.Option("--param", "-P", metavar="NAME=VALUE", help="A parameter; the value is JSON, or else text."),
]
ToFile = Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Where to write it.")]
