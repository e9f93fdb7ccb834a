"""The ``triptych`` command. A failure is one line on standard error, saying what and what to do, and status 1."""

import sys
from typing import Any

import typer

from cli.doctor import examine
from cli.errors import CannotStart
from cli.models import Api, JsonObject, follow, table
from cli.terminal import Terminal
from cli.up import up
from triptych.settings import BadSettings, Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Audio, image and text jobs on this machine.")

models_app = typer.Typer(help="Models: what is known and here, bringing one, removing one.")
app.add_typer(models_app, name="models")


@app.command("up")
def up_command() -> None:
    """Run everything on this machine: API, UI, workers, Redis and Flower, until Ctrl-C."""
    up(Settings.from_environment(), Terminal())


@app.command("doctor")
def doctor_command() -> None:
    """Say what this machine has and lacks for ``triptych up``; status 1 when it could not start."""
    sound = True
    for finding in examine(Settings.from_environment()):
        typer.echo(str(finding))
        sound = sound and finding.sound
    if not sound:
        raise typer.Exit(1)


@models_app.callback(invoke_without_command=True)
def models_command(context: typer.Context) -> None:
    """List the models of the running API."""
    if context.invoked_subcommand is None:
        for line in table(Api(Settings.from_environment()).models()):
            typer.echo(line)


@models_app.command("pull")
def pull_command(name: str) -> None:
    """Bring a model and show its progress; Ctrl-C leaves the job running."""
    from rich.progress import Progress

    api = Api(Settings.from_environment())
    job = api.pull(name)
    try:
        typer.echo(f"The job {job['id']} brings {name}; Ctrl-C leaves it running.")
        with Progress() as progress:
            bar = progress.add_task(name, total=None)
            follow(api, job, lambda one: progress.update(bar, **_shown(name, one)))
    except KeyboardInterrupt:
        typer.echo(f"The job {job['id']} goes on; `triptych models` tells when {name} is here.")
        raise typer.Exit(1) from None
    typer.echo(f"{name} is here.")


@models_app.command("remove")
def remove_command(name: str) -> None:
    """Take a model's weights from the disk."""
    Api(Settings.from_environment()).remove(name)
    typer.echo(f"{name} is removed.")


def main() -> None:
    """Run the command line."""
    try:
        app()
    except BadSettings as error:
        _fail(str(error))
    except CannotStart as error:
        _fail(error.message, *error.lines)


def _shown(name: str, job: JsonObject) -> dict[str, Any]:  # Any: as rich takes it
    """What a bar shows of a job: how far it is, where that is known."""
    told = job["progress"] or {"fraction": None, "note": job["state"]}
    total = None if told["fraction"] is None else 1.0
    return {"total": total, "completed": told["fraction"] or 0.0, "description": told["note"] or name}


def _fail(message: str, *lines: str) -> None:
    for line in (f"triptych: {message}", *(f"    {line}" for line in lines)):
        sys.stderr.write(f"{line}\n")
    raise SystemExit(1)


if __name__ == "__main__":
    main()
