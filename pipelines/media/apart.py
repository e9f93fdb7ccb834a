"""Running a module of ours in a process that can be killed: what strangers made may ask for hours and all memory."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryFile
from typing import IO

import pipelines

POLL_S = 0.2


def run_apart(module: str, arguments: Sequence[str], answers: IO[bytes], check: Callable[[], None]) -> bool:
    """Have ``python -m module`` answer into ``answers``, and return whether it came to its end: else a limit ended it.

    It has none of our secrets in its environment. ``check`` is called meanwhile, and what it raises ends the process,
    with what that started. Raises RuntimeError where it fails, with the last that it logged.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(Path(pipelines.__path__[0]).parent)}
    command = [sys.executable, "-m", module, *arguments]
    with (
        TemporaryFile() as log,
        subprocess.Popen(  # noqa: S603
            command, env=environment, stdin=subprocess.DEVNULL, stdout=answers, stderr=log, start_new_session=True
        ) as process,
    ):
        try:
            check()  # once at least, however soon it ends
            while _runs(process):
                check()
        finally:
            if process.returncode != 0:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, SIGKILL)
        if process.returncode > 0:
            log.seek(0)
            raise RuntimeError(f"{module} failed: {log.read()[-2000:].decode(errors='replace')}")
        return process.returncode == 0


def bound(memory_bytes: int, written_bytes: int) -> IO[bytes]:
    """Bound this process, and return where its answers go, of ``written_bytes`` at most.

    What a library prints goes into the log, and counts too.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written_bytes, written_bytes))
    if sys.platform == "linux":  # elsewhere it is not kept to
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    return answers


def end_at(cpu_s: int) -> None:
    """Have a signal end this process once it has taken so much processor time in all."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _runs(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it does after ``POLL_S``."""
    try:
        process.wait(POLL_S)
    except subprocess.TimeoutExpired:
        return True
    return False
