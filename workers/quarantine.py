"""Keeps a job that may have killed its process apart from those beside it, where one process runs several at once.

When such a process dies nobody knows for which of its jobs. So the last attempt that a job has is made alone: an
innocent one succeeds, and a guilty one takes no other with it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

from triptych.database import Clock

PATIENCE_S = 30.0  # for which one waits for the other; then they go on side by side
LOOK_S = 0.2  # at whether the worker is going away


class Quarantine:
    """Between the threads of one process; ``draining`` says that nobody need wait any longer."""

    def __init__(self, draining: Callable[[], bool], running_clock: Clock) -> None:
        self._draining = draining
        self._running_clock = running_clock
        self._changed = Condition()
        self._beside = 0  # messages in hand
        self._is_taken = False

    @property
    def is_wanted(self) -> bool:
        """Whether somebody is alone, or waits for it."""
        return self._is_taken

    @contextmanager
    def beside_others(self) -> Iterator[bool]:
        """Work on a message as usual, once nobody is alone any more: True."""
        with self._changed:
            self._wait(lambda: not self._is_taken)
            self._beside += 1
        try:
            yield True
        finally:
            with self._changed:
                self._beside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Work on a message alone, as soon as the others are through; False where another has been alone too long."""
        with self._changed:
            is_ours = self._wait(lambda: not self._is_taken)
            if is_ours:
                self._is_taken = True
                self._wait(lambda: not self._beside)
        try:
            yield is_ours
        finally:
            if is_ours:
                with self._changed:
                    self._is_taken = False
                    self._changed.notify_all()

    def _wait(self, may_go_on: Callable[[], bool]) -> bool:
        until = self._running_clock() + PATIENCE_S
        while not may_go_on() and not self._draining() and self._running_clock() < until:
            self._changed.wait(LOOK_S)
        return may_go_on()
