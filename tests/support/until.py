"""Waiting for what another process or thread does, and failing when it does not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Timer
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


@contextmanager
def at_most(longest_s: float, give_up: Callable[[], object]) -> Iterator[None]:
    """Wait no longer than so for what the block reads: ``give_up`` then ends whoever is to write it."""
    timer = Timer(longest_s, give_up)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
