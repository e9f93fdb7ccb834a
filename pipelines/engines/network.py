"""Whether the way out is open: asked once, remembered for a while, shared by every process on the machine."""

import contextlib
import hashlib
import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.contract import Network

PATIENCE_S = 4.0  # for looking the name up and connecting together: a dead network must be noticed within 5 s
ADDRESS_TIMEOUT_S = 1.5  # of one address, so that an IPv6 route that leads nowhere leaves time for IPv4
REMEMBER_S = 300.0

# What a server says that is there and does no work for now: too many requests, and three ways of being overloaded.
NOT_NOW_STATUSES = frozenset({429, 502, 503, 504})

Connect = Callable[[str, int], None]
"""Connect to a host and port and hang up again. Raises OSError."""


def connect_once(host: str, port: int) -> None:
    """Look ``host`` up and connect to its addresses in turn, ``ADDRESS_TIMEOUT_S`` each. Raises OSError.

    The look-up has no limit that Python could set: the resolver's own (``resolv.conf``) may be half a minute.
    """
    socket.create_connection((host, port), timeout=ADDRESS_TIMEOUT_S).close()


@dataclass(frozen=True, slots=True)
class RememberedNetwork:
    """Tries a TCP connection and keeps the answer in ``memory_dir`` for ``REMEMBER_S`` seconds.

    The memory is a directory of small files, so that prefork children and restarted workers share one answer.
    """

    memory_dir: Path
    clock: Callable[[], float] = field(default=time.time)
    connect: Connect = field(default=connect_once)
    patience_s: float = PATIENCE_S

    def reachable(self, host: str, port: int = 443) -> bool:
        """Whether ``host`` answered on ``port`` within ``patience_s``, or did when last asked."""
        remembered = self.recall(host, port)
        if remembered is not None:
            return remembered
        answer = self._connects(host, port)
        self._remember(host, port, answer)
        return answer

    def recall(self, host: str, port: int = 443) -> bool | None:
        """The remembered answer, without trying; None when nobody has asked lately."""
        try:
            asked_at, answer = self._note(host, port).read_text().split()
        except (FileNotFoundError, ValueError):  # never asked, or the disk was full then
            return None
        return answer == "1" if 0 <= self.clock() - float(asked_at) < REMEMBER_S else None

    def _connects(self, host: str, port: int) -> bool:
        """Whether a thread's attempt succeeds in time; one that does not is left to end by itself."""
        answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        threading.Thread(target=lambda: answers.put(_succeeds(self.connect, host, port)), daemon=True).start()
        try:
            return answers.get(timeout=self.patience_s)
        except queue.Empty:
            return False

    def _remember(self, host: str, port: int, answer: bool) -> None:
        """Write the answer aside and move it into place: a reader finds the old one or the new one, whole."""
        self.memory_dir.mkdir(parents=True, exist_ok=True)
        note = self._note(host, port)
        aside = note.with_name(f"{note.name}.{os.getpid()}.{threading.get_ident()}")
        aside.write_text(f"{self.clock()} {int(answer)}")
        aside.replace(note)

    def _note(self, host: str, port: int) -> Path:
        return self.memory_dir / f"reachable-{hashlib.sha256(f'{host}:{port}'.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class NoNetwork:
    """The network of a machine that is told to stay offline."""

    def reachable(self, host: str, port: int = 443) -> bool:  # noqa: ARG002 - the protocol's signature
        """Never."""
        return False


def is_switched_off(network: Network) -> bool:
    """Whether the machine is told to stay offline: no server is then worth waiting for."""
    return isinstance(network, NoNetwork)


def _succeeds(connect: Connect, host: str, port: int) -> bool:
    with contextlib.suppress(OSError):
        connect(host, port)
        return True
    return False
