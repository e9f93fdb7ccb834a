"""Waiting for what another process or thread does, and failing when it does not."""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

LONGEST_S = 60


def until(look: Callable[[], T], *, longest_s: float = LONGEST_S, pause_s: float = 0.0) -> T:
    """What ``look`` returns once that is true, asked every ``pause_s``. Raises AssertionError when it never is."""
    pause, end = Event(), monotonic() + longest_s
    while not (found := look()):
        assert monotonic() < end, f"still {found!r} after {longest_s} s"
        pause.wait(pause_s)
    return found
