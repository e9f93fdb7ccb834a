"""Why a command cannot go on: always one line for the person at the terminal, saying what and what to do."""


class CannotStart(Exception):
    """The stack cannot start or go on; ``lines`` are the last words of the process that failed, if one did."""

    def __init__(self, message: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.lines = lines


class NotUnderstood(Exception):
    """What was asked for makes no sense together, or names what is not there; nothing was done."""


class Unreadable(Exception):
    """A file that was named is not there, or is none that can be sent; nothing was done with it."""
