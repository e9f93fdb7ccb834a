"""``triptych models``: what is known and here, bringing one, removing one."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.asking import open_client
from cli.exits import Exit
from cli.options import AsJson
from cli.printing import fail, say, table, tell
from cli.waiting import wait_for
from triptych.client.records.house import Model
from triptych.client.records.job import Job

MIB = 1 << 20
COLUMNS = ("MODEL", "HERE", "LOADED", "DISK", "MEMORY", "LICENCE")

models_app = typer.Typer(help="Models: what is known and here, bringing one, removing one.")
ModelName = Annotated[str, typer.Argument(metavar="MODEL", help="Such as whisper/base.")]


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: AsJson = False) -> None:
    """List the models of the running API."""
    if context.invoked_subcommand is not None:
        return
    with open_client() as client:
        found = client.house.models()
    if not as_json:
        table(COLUMNS, _rows(found))
    for model in found if as_json else ():
        tell(model)


@models_app.command()
def pull(name: ModelName, as_json: AsJson = False) -> None:
    """Bring a model and show its progress."""
    with open_client() as client:
        job = client.house.pull_model(name)
        ended: list[Job] = []
        wait_for(client, {job.id: name}, ended.append, quiet=as_json)
    [done] = ended
    if as_json:
        tell(done)
    elif done.has_succeeded:
        say(f"{name} is here.")
    if not done.has_succeeded:
        fail(done.error.message if done.error else f"the job {done.id} was cancelled")
        raise typer.Exit(Exit.JOB_FAILED)


@models_app.command()
def remove(name: ModelName) -> None:
    """Take a model's weights from the disk."""
    with open_client() as client:
        client.house.remove_model(name)
    say(f"{name} is removed.")


def _rows(models: Sequence[Model]) -> list[tuple[str, ...]]:
    """Of each its name, whether it is here, how many processes hold it, size on disk, memory, licence."""
    return [
        (
            model.name,
            "pulling" if model.pull else "yes" if model.present else "no",
            str(len(model.loaded)),
            _mib(model.size_bytes),
            _mib(model.memory_bytes),
            model.licence or "unknown",
        )
        for model in models
    ]


def _mib(size_bytes: int | None) -> str:
    return "-" if size_bytes is None else f"{size_bytes / MIB:.0f} MiB"
