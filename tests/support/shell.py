"""The `triptych` command in this process, as a pipe runs it, and as a process of its own at a terminal."""

import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from pathlib import Path
from select import select

from cli.main import main

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from cli.main import main; main()")
LONGEST_S = 60.0  # a bound for a hung command, never what is measured


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it printed."""

    status: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        """Standard output as text."""
        return self.raw.decode()


def run(*arguments: str, stdin: bytes = b"") -> Done:
    """Run the command in this process, in pipes."""
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    before, sys.stdin = sys.stdin, TextIOWrapper(BytesIO(stdin), encoding="utf-8")
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = _status(arguments)
    finally:
        sys.stdin = before
    return Done(status, _bytes(out), _bytes(err).decode())


def environment(url: str) -> dict[str, str]:
    """What a process asks the API at ``url`` with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIPTYCH_")}
    return {**kept, "PYTHONPATH": str(ROOT), "TRIPTYCH_URL": url, "TERM": "xterm-256color", "COLUMNS": "120"}


@dataclass
class AtTerminal:
    """A command that runs at a terminal of its own."""

    process: "subprocess.Popen[bytes]"
    terminal: int
    seen: str = field(default="")

    def wait_for(self, words: str) -> None:
        """Read the screen until ``words`` come. Raises AssertionError when they never do."""
        end = time.monotonic() + LONGEST_S
        while words not in self.seen:
            assert time.monotonic() < end, f"never said {words!r}:\n{self.seen}"
            assert self._read(), f"ended without saying {words!r}:\n{self.seen}"

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.terminal, keys.encode())

    def end(self) -> int:
        """Read to the end, and tell the status."""
        end = time.monotonic() + LONGEST_S
        while self._read():
            assert time.monotonic() < end, f"does not end:\n{self.seen}"
        return self.process.wait(LONGEST_S)

    def _read(self) -> bool:
        """Read what comes next; False once nothing more will."""
        if not select([self.terminal], [], [], 1.0)[0]:
            return True
        try:
            piece = os.read(self.terminal, 65536)
        except OSError:  # the other end is closed
            return False
        self.seen += piece.decode(errors="replace")
        return bool(piece)


@contextmanager
def at_terminal(url: str, *arguments: str) -> Iterator[AtTerminal]:
    """Run the command at a terminal, whose Ctrl-C it hears; it is killed if it outlives the block."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(url),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(terminal)
    try:
        yield AtTerminal(process, controller)
    finally:
        process.kill()
        process.wait()
        os.close(controller)


def _take_terminal() -> None:
    """Make standard input the controlling terminal, from which Ctrl-C comes."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _status(arguments: Sequence[str]) -> int:
    try:
        main(list(arguments))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _bytes(stream: TextIOWrapper) -> bytes:
    stream.flush()
    held = stream.buffer
    assert isinstance(held, BytesIO)
    return held.getvalue()
