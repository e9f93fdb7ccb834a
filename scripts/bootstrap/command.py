"""Runs one installing command: its output goes to a log, its progress to the person, its last words into the error."""

import os
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scripts.bootstrap.errors import CannotPrepare
from scripts.bootstrap.progress import Progress

TAIL_LINES = 15


def run_logged(
    command: Sequence[str],
    *,
    cwd: Path,
    log: Path,
    progress: Progress,
    mend: str,
    describe: Callable[[str], str | None] = str.strip,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run ``command`` in ``cwd``, appending what it prints to ``log``.

    ``describe`` makes a progress detail of a line, or None. Raises CannotPrepare with the last lines and ``mend``.
    """
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    with (
        log.open("a", encoding="utf-8") as written,
        subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None  # it is a pipe
        for line in process.stdout:
            written.write(line)
            tail.append(line.rstrip())
            if detail := describe(line):
                progress.tick(detail)
        if process.wait():
            progress.break_off()
            raise CannotPrepare(_failure(command, tail, log, mend))


def _failure(command: Sequence[str], tail: Sequence[str], log: Path, mend: str) -> str:
    said = "\n".join(f"    {line}" for line in tail)
    name = " ".join([Path(command[0]).name, *command[1:4]])
    return f"`{name} ...` failed. {mend}\n{said}\n    (all of it: {log})"
