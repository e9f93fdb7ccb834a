"""Keeps a job that may have killed its process apart from those beside it, where one process runs several at once.

When such a process dies nobody knows for which of its jobs. So the last attempt that a job has is made alone: an
innocent one succeeds, and a guilty one takes no other with it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

from triptych.database import Clock

PATIENCE_S = 30.0  # for which a job waits for those beside it, and then they for it; then they go on side by side
LOOK_S = 0.2  # at whether the worker is going away


class Quarantine:
    """Between the threads of one process; ``draining`` says that nobody need wait any longer."""

    def __init__(self, draining: Callable[[], bool], running_clock: Clock) -> None:
        self._draining = draining
        self._running_clock = running_clock
        self._changed = Condition()
        self._beside = 0  # messages in hand
        self._held_until: float | None = None  # the others, while somebody is alone or is about to be
        self._apart: set[tuple[str, ...]] = set()  # the messages that are alone or wait for it

    @property
    def is_held(self) -> bool:
        """Whether no message may be begun beside the one that is alone, or is about to be."""
        return self._held_until is not None and self._running_clock() < self._held_until

    @contextmanager
    def beside_others(self) -> Iterator[bool]:
        """Work on a message as usual, once it may be begun: True."""
        with self._changed:
            self._wait(lambda: not self.is_held)
            self._beside += 1
        try:
            yield True
        finally:
            with self._changed:
                self._beside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self, *job_ids: str) -> Iterator[bool]:
        """Work on the message of these jobs alone, as soon as the others are through.

        False where another has been alone too long, or the same message, rung for again, waits already.
        """
        with self._changed:
            is_first = job_ids not in self._apart
            self._apart.add(job_ids)
            is_ours = is_first and self._take()
        try:
            yield is_ours
        finally:
            with self._changed:
                if is_first:
                    self._apart.discard(job_ids)
                if is_ours:
                    self._held_until = None
                    self._changed.notify_all()

    def _take(self) -> bool:
        until = self._running_clock() + PATIENCE_S
        self._wait(lambda: self._held_until is None or self._running_clock() >= until)
        if self._held_until is not None:
            return False
        self._hold()
        self._wait(lambda: not self._beside or not self.is_held)
        self._hold()
        return True

    def _hold(self) -> None:
        self._held_until = self._running_clock() + PATIENCE_S

    def _wait(self, may_go_on: Callable[[], bool]) -> None:
        while not may_go_on() and not self._draining():
            self._changed.wait(LOOK_S)
