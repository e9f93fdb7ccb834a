"""Waiting for what another process or thread does, and failing when it does not."""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

LONGEST_S = 60


def until(look: Callable[[], T]) -> T:
    """What ``look`` returns once that is true. Raises AssertionError when it never is."""
    end = monotonic() + LONGEST_S
    while not (found := look()):
        assert monotonic() < end, f"still {found!r} after {LONGEST_S} s"
    return found
