"""The ``triptych`` command. A failure is one line on standard error, saying what and what to do, and status 1."""

import sys

import typer

from cli.doctor import examine
from cli.errors import CannotStart
from cli.terminal import Terminal
from cli.up import up
from triptych.settings import BadSettings, Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Audio, image and text jobs on this machine.")


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


def main() -> None:
    """Run the command line."""
    try:
        app()
    except BadSettings as error:
        _fail(str(error))
    except CannotStart as error:
        _fail(error.message, *error.lines)


def _fail(message: str, *lines: str) -> None:
    for line in (f"triptych: {message}", *(f"    {line}" for line in lines)):
        sys.stderr.write(f"{line}\n")
    raise SystemExit(1)


if __name__ == "__main__":
    main()
