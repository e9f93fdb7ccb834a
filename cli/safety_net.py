"""The runner's end of the reaper: tells it which process groups live, so that none outlives a killed runner."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from cli import reaper


class SafetyNet:
    """A reaper process beside the runner. ``held``: descriptors it keeps open as long as it has something to stop."""

    def __init__(self, grace_s: float, held: Sequence[int] = ()) -> None:
        self._grace_s = grace_s
        self._held = held
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        command = (sys.executable, "-I", str(Path(reaper.__file__)), str(self._grace_s))
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, start_new_session=True, pass_fds=self._held
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()  # with no group left it ends at once
            await self._process.wait()

    def add(self, group: int) -> None:
        """``group`` lives from now on."""
        self._tell(f"+{group}\n")

    def remove(self, group: int) -> None:
        """Nobody is left in ``group``."""
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(line.encode())  # far below a pipe's buffer: written at once
