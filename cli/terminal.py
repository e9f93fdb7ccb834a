"""What the person at the terminal sees: our own lines, and each process' lines behind its name in its colour."""

import contextlib
import os
import sys
from itertools import cycle

from rich.console import Console
from rich.text import Text

COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "bright_cyan", "bright_yellow", "bright_green")
OURS = "triptych"


class Terminal:
    """A console that goes silent, rather than failing, once its terminal is gone."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._colours = cycle(COLOURS)
        self._styles = {OURS: "bold"}

    def say(self, line: str) -> None:
        """Print a line of our own."""
        self.show(OURS, line, style="bold")

    def show(self, name: str, line: str, *, style: str = "") -> None:
        """Print a line of the process called ``name``; the escape sequences in it keep their meaning."""
        colour = self._styles.setdefault(name, next(self._colours))
        text = Text.assemble((f"{name:<8} | ", colour), Text.from_ansi(line, style=style))
        try:
            self._console.print(text)
        except OSError:
            self._go_silent()

    def _go_silent(self) -> None:
        """Point standard output at nothing, so that the interpreter's last flush does not fail either."""
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
