"""Locks for an event loop and the native threads beside it.

gevent's own lose wake-ups between native threads: of several threads that want one lock some wait forever
(https://github.com/gevent/gevent/issues/1744). What is offloaded meets in locks of SQLAlchemy's pool, of logging, of
imports and of HTTP clients, so that an API could stop answering. Here the lock is Python's own, and whoever lets go
wakes the first who waits, by that one's loop or thread, or gives it the lock where it has waited long.
"""

from collections import deque
from contextlib import suppress
from time import monotonic
from typing import Protocol

import gevent.thread
import gevent.threading
from gevent._hub_local import get_hub_if_exists
from gevent.event import Event
from gevent.hub import Hub
from gevent.monkey import get_original

native_lock = get_original("_thread", "allocate_lock")
LONGEST_S: float = get_original("_thread", "TIMEOUT_MAX")
LOOK_S = 60.0  # between two looks of a greenlet that nobody wakes
PATIENCE_S = 0.01  # of whoever waits: a thread that takes it again at once is ahead of all who are yet to wake


def use_in_gevent() -> None:
    """Have gevent patch the standard library with this lock. To be called before ``patch_all``."""
    for module, names in (
        (gevent.thread, ("allocate_lock", "lock", "LockType")),
        (gevent.threading, ("allocate_lock", "_allocate_lock", "Lock")),
    ):
        for name in names:
            setattr(module, name, Lock)


class Lock:
    """A ``threading.Lock`` on which greenlets and native threads wait for one another.

    Whoever waits longest is woken first. Another may take it in between, but not for longer than ``PATIENCE_S``.
    """

    __slots__ = ("__weakref__", "_held", "_waiting")

    def __init__(self) -> None:
        self._at_fork_reinit()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take it. False where somebody has it, and still has it after ``timeout`` seconds (-1: however long).

        Raises ValueError and OverflowError as Python's does.
        """
        if timeout != -1:
            _check(blocking, timeout)
        if self._held.acquire(False):
            return True
        return blocking and self._acquire_later(None if timeout == -1 else monotonic() + timeout)

    def release(self) -> None:
        """Let go of it. Raises RuntimeError where nobody has it."""
        if self._waiting and self._hand_over():
            return
        self._held.release()
        if self._waiting:
            self._wake_first()

    def locked(self) -> bool:
        """Whether somebody has it."""
        return bool(self._held.locked())

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _acquire_later(self, ends: float | None) -> bool:
        turn = _turn()
        self._waiting.append(turn)  # before the next look, so that whoever lets go behind that look finds it
        try:
            is_taken = self._take_in_turn(turn, ends)
        except BaseException:
            self._pass_on(self._leave(turn))
            raise
        is_given = self._leave(turn)
        if is_taken is is_given:  # neither, or by both, behind one another: somebody let go of what was taken
            self._pass_on(is_given)
        return is_taken or is_given

    def _take_in_turn(self, turn: "_Turn", ends: float | None) -> bool:
        """Take it. False where that could not be in time, or need not be: the turn was given it."""
        while turn in self._waiting:
            if self._held.acquire(False):
                return True
            left_s = None if ends is None else ends - monotonic()
            if left_s is not None and left_s <= 0:
                return False
            turn.wait(left_s)
        return False

    def _leave(self, turn: "_Turn") -> bool:
        """End the turn. True where it was given the lock meanwhile."""
        try:
            self._waiting.remove(turn)
        except ValueError:
            return True
        return False

    def _pass_on(self, is_given: bool) -> None:
        """Let another have what this turn was given, or was woken for in the place of the next."""
        if is_given:
            self.release()
        else:
            self._wake_first()

    def _hand_over(self) -> bool:
        """Give it to the first where that has waited long: a turn that is over without its own doing was given it."""
        try:
            if not self._held.locked() or monotonic() - self._waiting[0].since < PATIENCE_S:
                return False
            first = self._waiting.popleft()
        except IndexError:  # it has gone meanwhile
            return False
        first.wake()
        return True

    def _wake_first(self) -> None:
        try:
            first = self._waiting[0]
        except IndexError:  # it has gone meanwhile
            return
        first.wake()

    def _at_fork_reinit(self) -> None:
        """Be free, and waited for by nobody. Python asks for it by this name, in the child of a fork."""
        self._held = native_lock()
        self._waiting: deque[_Turn] = deque()


def _check(blocking: bool, timeout: float) -> None:
    if not blocking:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout < 0:
        raise ValueError("timeout value must be a non-negative number")
    if timeout > LONGEST_S:
        raise OverflowError("timeout value is too large")


class _Turn(Protocol):
    """Whoever waits, ``since`` when. Being woken before waiting ends the wait at once."""

    since: float

    def wait(self, timeout_s: float | None) -> None:
        """Wait until woken, or for ``timeout_s``, or now and then for no reason."""

    def wake(self) -> None:
        """Wake it, from any thread."""


def _turn() -> _Turn:
    hub = get_hub_if_exists()  # gevent begins one in any thread that sleeps or asks a socket, beside others or not
    return _NativeTurn() if hub is None else _LoopTurn(hub)


class _LoopTurn:
    """A greenlet of a thread that has a loop, which runs others meanwhile."""

    def __init__(self, hub: Hub) -> None:
        self.since = monotonic()
        self._loop = hub.loop
        self._woken = Event()

    def wait(self, timeout_s: float | None) -> None:
        # Never without a timer: a loop with nothing to come says that nobody can end the wait, where a thread can.
        self._woken.wait(LOOK_S if timeout_s is None else timeout_s)
        self._woken.clear()

    def wake(self) -> None:
        with suppress(ValueError):  # it waits no longer, and its thread has ended with its loop
            self._loop.run_callback_threadsafe(self._woken.set)  # an Event belongs to the thread of its loop


class _NativeTurn:
    """A native thread without a loop, in which there is nobody else."""

    def __init__(self) -> None:
        self.since = monotonic()
        self._woken = native_lock()
        self._woken.acquire()

    def wait(self, timeout_s: float | None) -> None:
        self._woken.acquire(True, -1 if timeout_s is None else timeout_s)

    def wake(self) -> None:
        try:
            self._woken.release()
        except RuntimeError:  # woken twice before it looked
            return
