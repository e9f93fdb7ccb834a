"""Whether the way out is open: asked once, remembered for a while, shared by every process on the machine."""

import hashlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

CONNECT_TIMEOUT_S = 3.0  # a dead network must be noticed within 5 s; name resolution has a share of that
REMEMBER_S = 300.0


@dataclass(frozen=True, slots=True)
class RememberedNetwork:
    """Tries a TCP connection and keeps the answer in ``memory_dir`` for ``REMEMBER_S`` seconds.

    The memory is a directory of small files, so that prefork children and restarted workers share one answer.
    """

    memory_dir: Path
    clock: Callable[[], float] = field(default=time.time)

    def reachable(self, host: str, port: int = 443) -> bool:
        """Whether ``host`` answered on ``port`` within ``CONNECT_TIMEOUT_S``, or did when last asked."""
        remembered = self.recall(host, port)
        if remembered is not None:
            return remembered
        answer = _connects(host, port)
        self.memory_dir.mkdir(parents=True, exist_ok=True)
        self._note(host, port).write_text(f"{self.clock()} {int(answer)}")
        return answer

    def recall(self, host: str, port: int = 443) -> bool | None:
        """The remembered answer, without trying; None when nobody has asked lately."""
        try:
            asked_at, answer = self._note(host, port).read_text().split()
        except (FileNotFoundError, ValueError):  # never asked, or another process is writing it now
            return None
        return answer == "1" if 0 <= self.clock() - float(asked_at) < REMEMBER_S else None

    def _note(self, host: str, port: int) -> Path:
        return self.memory_dir / f"reachable-{hashlib.sha256(f'{host}:{port}'.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class NoNetwork:
    """The network of a machine that is told to stay offline."""

    def reachable(self, host: str, port: int = 443) -> bool:  # noqa: ARG002 - the protocol's signature
        """Never."""
        return False


def _connects(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S):
            return True
    except OSError:
        return False
