"""A way to Redis that the process does not survive: every word to Redis is behind a commit."""

import os
import signal
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from threading import Event as ThreadEvent

from triptych.events.event import Event
from triptych.rings import Ring
from triptych.settings import Settings
from triptych.wire import Wire, connect


class Fuse(StrEnum):
    """When the process dies."""

    AT_ONCE = "at once"  # before the client has its answer
    ANSWERED = "answered"  # when the test says that the answer has come


def light(home: Path, fuse: Fuse) -> None:
    """Have the process on ``home`` die at its next word to Redis."""
    _answered(home).unlink(missing_ok=True)
    _fuse(home).write_text(fuse)


def say_answered(home: Path) -> None:
    """Let a process die that waits for its answer to have come."""
    _answered(home).touch()


class MortalWire(Wire):
    """Dies instead of sending while a fuse is lit."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(connect(settings.redis), settings.event_history)
        self._home = settings.home

    def send(self, rings: Sequence[Ring] = (), events: Sequence[Event] = ()) -> bool:
        """Send, or die."""
        if (rings or events) and _fuse(self._home).exists():
            fuse = _fuse(self._home).read_text()
            _fuse(self._home).unlink()
            while fuse == Fuse.ANSWERED and not _answered(self._home).exists():
                ThreadEvent().wait(0.01)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().send(rings, events)


def _fuse(home: Path) -> Path:
    return home / "fuse"


def _answered(home: Path) -> Path:
    return home / "answered"
