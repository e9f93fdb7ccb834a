"""The API that a command asks: the one that ``TRIPTYCH_URL`` names, else the one that `triptych up` runs here."""

import os

from cli.exits import Exit
from triptych.client import Client, ClientError, JobFailed, Patience, Refused, Unreachable, Unusable
from triptych.client.client import KEY_VARIABLE, URL_VARIABLE
from triptych.client.patience import USUAL
from triptych.settings import Settings


def open_client(patience: Patience = USUAL) -> Client:
    """A client of the API. Raises BadSettings where only the settings of this machine tell where it is."""
    return Client(given_url() or _here(), os.environ.get(KEY_VARIABLE) or None, patience=patience)


def given_url() -> str | None:
    """Where the API is said to be, if that is said."""
    return os.environ.get(URL_VARIABLE) or None


def exit_of(error: ClientError) -> Exit:
    """The status that tells of ``error``."""
    if isinstance(error, Unusable):
        return Exit.USAGE
    if isinstance(error, JobFailed):
        return Exit.JOB_FAILED
    if isinstance(error, Unreachable) or (isinstance(error, Refused) and error.status >= 500):
        return Exit.UNREACHABLE
    return Exit.REFUSED


def told(error: ClientError) -> list[str]:
    """``error`` as lines for people: what is wrong, each value that is, and what to do."""
    if isinstance(error, Unreachable):
        return [f"{error}. Start it with `triptych up`, or say where it is in {URL_VARIABLE}."]
    lines = [str(error)]
    if isinstance(error, Refused):
        lines += [f"    {wrong.where}: {wrong.message}" for wrong in error.errors[1:]]
        if error.status == 401:
            lines.append(f"    give a key in {KEY_VARIABLE}")
    return lines


def _here() -> str:
    settings = Settings.from_environment()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"
