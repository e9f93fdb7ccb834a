"""The ``triptych`` command. A failure is one line on standard error, what and what to do, and a status of its own."""

from collections.abc import Sequence

import typer

from cli.asking import exit_of, told
from cli.commands.audit import audit
from cli.commands.batch import batch_app
from cli.commands.chat import chat
from cli.commands.jobs import cancel, get, retry, watch
from cli.commands.keys import keys_app
from cli.commands.models import models_app
from cli.commands.search import search
from cli.commands.speak import speak
from cli.commands.status import status
from cli.commands.submit import submit
from cli.commands.users import users_app
from cli.commands.webhooks import webhooks_app
from cli.errors import CannotStart, NotUnderstood, Unreadable
from cli.exits import Exit
from cli.printing import be_readable, fail, say
from triptych.client import ClientError
from triptych.settings import BadSettings, Settings

NAME = "triptych"  # also where it runs by another: shell completion goes by it
EPILOG = "Statuses: " + "; ".join(f"{status.value} {status.meaning}" for status in Exit) + "."

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Audio, image and text jobs, on this machine or where TRIPTYCH_URL says, with the key in TRIPTYCH_KEY.",
    epilog=EPILOG,
)
for command in (submit, watch, get, cancel, retry, search, chat, speak, status, audit):
    app.command()(command)
app.add_typer(batch_app, name="batch")
app.add_typer(models_app, name="models")
app.add_typer(keys_app, name="keys")
app.add_typer(webhooks_app, name="webhooks")
app.add_typer(users_app, name="users")


@app.command("up")
def up_command() -> None:
    """Run everything on this machine: API, UI, workers, Redis and Flower, until Ctrl-C."""
    from cli.terminal import Terminal
    from cli.up import up

    up(Settings.from_environment(), Terminal())


@app.command("doctor")
def doctor_command() -> None:
    """Say what this machine has and lacks for ``triptych up``; status 1 when it could not start."""
    from cli.doctor import examine

    sound = True
    for finding in examine(Settings.from_environment()):
        say(str(finding))
        sound = sound and finding.sound
    if not sound:
        raise typer.Exit(Exit.FAILED)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Raises SystemExit."""
    be_readable()
    try:
        app(arguments, prog_name=NAME)
    except NotUnderstood as error:
        _end(Exit.USAGE, str(error))
    except (BadSettings, Unreadable) as error:
        _end(Exit.FAILED, str(error))
    except CannotStart as error:
        _end(Exit.FAILED, error.message, *(f"    {line}" for line in error.lines))
    except ClientError as error:
        _end(exit_of(error), *told(error))
    except UnicodeEncodeError:  # of what is sent; names of files are made fit to be
        _end(Exit.USAGE, "an argument is no text in UTF-8")
    except OSError as error:
        why = error.strerror or str(error)
        _end(Exit.FAILED, f"{error.filename}: {why}" if error.filename else why)


def _end(status: Exit, *lines: str) -> None:
    fail(*lines)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
