"""Waiting for jobs while they are shown; Ctrl-C asks what becomes of them."""

from collections.abc import Callable, Mapping

import typer

from cli.exits import Exit
from cli.printing import at_terminal, note
from cli.progress import names_of, progress
from cli.typed import typed_line
from triptych.client import Client, ClientError
from triptych.client.records.batch import Batch
from triptych.client.records.job import Job


def wait_for(client: Client, names: Mapping[str, str], on_end: Callable[[Job], None], *, quiet: bool = False) -> None:
    """Wait until the jobs have ended, which ``names`` calls by their ids, and tell each end.

    Raises typer.Exit when Ctrl-C ends the waiting, and what the client raises.
    """
    left = dict(names)
    while left:
        try:
            with progress(len(left), quiet=quiet) as shown:
                for job in client.jobs.watch_all(list(left)):
                    shown.job(left[job.id], job)
                    if job.is_finished:
                        del left[job.id]
                        on_end(job)
        except KeyboardInterrupt:
            interrupted(left, client.jobs.cancel)


def interrupted(left: Mapping[str, str], cancel: Callable[[str], Job | Batch], watch: str = "triptych watch") -> None:
    """``cancel`` what is ``left`` or leave it, as whoever sits there says, and raise typer.Exit; or return to wait on.

    Where nobody can be asked all is left, and said that ``watch`` shows it.
    """
    answer = _asked(names_of(left)) if left and at_terminal() else "l"
    if answer == "w":
        return
    for one, name in left.items():
        note(f"{name}: {_cancel(cancel, one)}" if answer == "c" else f"{name} goes on: {watch} {one}")
    raise typer.Exit(Exit.INTERRUPTED)


def _asked(names: str) -> str:
    """c, l or w; whoever interrupts again or says nothing leaves them."""
    try:
        while True:
            note(f"\n{names}: [c]ancel, [l]eave running, or [w]ait on? (leave)")
            answer = typed_line().strip().lower()[:1] or "l"
            if answer in "clw":
                return answer
    except (KeyboardInterrupt, EOFError):
        return "l"


def _cancel(cancel: Callable[[str], Job | Batch], one: str) -> str:
    try:
        return str(cancel(one).state)
    except ClientError as error:  # it may just have ended
        return str(error)
