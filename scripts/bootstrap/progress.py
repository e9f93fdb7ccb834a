"""Tells the person who waits what is being done, and how long it has been going on."""

import time
from collections.abc import Callable
from typing import Self, TextIO

QUIET_INTERVAL_S = 15.0  # how often a log, which is no terminal, is told that the work goes on
CLEAR_LINE = "\r\033[K"


class Progress:
    """Lines on ``output``: on a terminal the current one is redrawn, in a log one appears now and then."""

    def __init__(
        self, output: TextIO, clock: Callable[[], float] = time.monotonic, *, redraws: bool | None = None
    ) -> None:
        self._output = output
        self._clock = clock
        self._live = output.isatty() if redraws is None else redraws
        self._clears = CLEAR_LINE if output.isatty() and not self._live else ""  # the other's line, which it redraws
        self._begun_s = self._told_s = clock()
        self._step = ""

    def beside(self) -> Self:
        """Progress of what goes on at the same time: whole lines, which leave the redrawn one to the other."""
        return type(self)(self._output, self._clock, redraws=False)

    def say(self, line: str) -> None:
        """Tell one thing."""
        self._write(f"{line}\n")

    def begin(self, step: str) -> None:
        """A step that may take a while begins."""
        self._step = step
        self._begun_s = self._told_s = self._clock()
        self._write(f"{step} ..." if self._live else f"{step} ...\n")

    def tick(self, detail: str) -> None:
        """The step goes on; ``detail`` says where it stands."""
        if self._live:
            self._write(f"{CLEAR_LINE}{self._step}: {detail}"[:100])
        elif self._clock() - self._told_s >= QUIET_INTERVAL_S:
            self._told_s = self._clock()
            self._write(f"  {self._elapsed()}: {detail}\n")

    def end(self) -> None:
        """The step is through."""
        done = f"{self._step}: done in {self._elapsed()}\n"
        self._write(f"{CLEAR_LINE}{done}" if self._live else f"  {done}")

    def break_off(self) -> None:
        """The step failed; what is told next begins on a line of its own."""
        if self._live:
            self._write("\n")

    def _elapsed(self) -> str:
        return f"{self._clock() - self._begun_s:.0f} s"

    def _write(self, text: str) -> None:
        self._output.write(f"{self._clears}{text}")
        self._output.flush()
