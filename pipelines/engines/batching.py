"""Doing for several runs at once what a model does best at once: items of threads that come together share a pass."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

I = TypeVar("I")  # noqa: E741  an item
O = TypeVar("O")  # noqa: E741  what becomes of it

TURN_WAIT_S = 0.2  # between looks at whether a run that waits was cancelled


@dataclass(frozen=True, slots=True)
class BatchDone:
    """One pass: how many items it took, and how long the first of them had waited, in seconds."""

    size: int
    waited_s: float


def _unobserved(_: BatchDone) -> None:
    """Passes that nobody counts."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[I, O]):
    item: I
    key: Hashable
    weight: int
    since_s: float
    outcome: O | Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Batcher(Generic[I, O]):
    """Gathers items of several threads into passes of ``work``, one pass at a time.

    ``work`` is given items of one ``key_of`` (such as their shape) whose ``weight_of`` together is at most ``most``
    (an item that alone weighs more goes alone), and returns for each its outcome or the exception it is to raise. What
    it raises as a whole is not yet any item's fault: each is then done alone.

    A thread that finds no pass running leads one. It waits for others, ``patience_s`` at most, and only while there
    are other runs (``taking_part``) that have nothing waiting: one run alone never waits. Items stay in the order they
    came; those of another key are left for the next pass. Each caller has at most its own items waiting, which is the
    back-pressure. Thread-safe.
    """

    def __init__(
        self,
        work: Callable[[Sequence[I]], Sequence[O | Exception]],
        *,
        most: int,
        patience_s: float = 0.02,
        key_of: Callable[[I], Hashable] = lambda _: None,
        weight_of: Callable[[I], int] = lambda _: 1,
        observe: Callable[[BatchDone], None] = _unobserved,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work = work
        self._most = most
        self._patience_s = patience_s
        self._key_of = key_of
        self._weight_of = weight_of
        self._observe = observe
        self._clock = clock
        self._waiting: list[_Waiting[I, O]] = []
        self._changed = threading.Condition()
        self._runs = 0
        self._askers = 0  # runs that have items waiting or in work
        self._leading = False

    @contextmanager
    def taking_part(self) -> Iterator[None]:
        """Say that a run goes on whose items others may wait for."""
        self._count_run(1)
        try:
            yield
        finally:
            self._count_run(-1)

    def do(self, items: Sequence[I], check: Callable[[], None]) -> list[O]:
        """What ``work`` makes of ``items``, in order; raises what it made of the first that failed.

        ``check`` is called while waiting; what it raises takes back the items that are in no pass yet.
        """
        if not items:
            return []
        mine = [_Waiting[I, O](item, self._key_of(item), self._weight_of(item), self._clock()) for item in items]
        with self._changed:
            self._waiting.extend(mine)
            self._askers += 1
            self._changed.notify_all()
        try:
            while any(not one.done.is_set() for one in mine):
                self._lead_or_wait(mine, check)
        finally:
            with self._changed:
                self._waiting = [one for one in self._waiting if one not in mine]
                self._askers -= 1
                self._changed.notify_all()
        return [_given(one) for one in mine]

    def _count_run(self, by: int) -> None:
        with self._changed:
            self._runs += by
            self._changed.notify_all()

    def _lead_or_wait(self, mine: Sequence[_Waiting[I, O]], check: Callable[[], None]) -> None:
        with self._changed:
            if self._leading or all(one.done.is_set() or one not in self._waiting for one in mine):
                self._changed.wait(TURN_WAIT_S)
                lead = False
            else:
                self._leading = lead = True
        if not lead:
            check()
            return
        try:
            check()
            self._pass()
        finally:
            with self._changed:
                self._leading = False
                self._changed.notify_all()

    def _pass(self) -> None:
        taken = self._taken()
        waited_s = self._clock() - taken[0].since_s
        try:
            outcomes = self._tried([one.item for one in taken])
        except BaseException as error:  # of a single item, or a stop of the process: nobody may wait for ever
            outcomes = [error if isinstance(error, Exception) else RuntimeError(repr(error)) for _ in taken]
            raise
        finally:
            with self._changed:
                for one, outcome in zip(taken, outcomes, strict=True):
                    one.outcome = outcome
                    one.done.set()
                self._changed.notify_all()
        self._observe(BatchDone(len(taken), waited_s))

    def _tried(self, items: Sequence[I]) -> list[O | Exception]:
        try:
            return self._checked(items)
        except Exception as error:
            if len(items) == 1:
                return [error]
            return [outcome for item in items for outcome in self._tried([item])]

    def _checked(self, items: Sequence[I]) -> list[O | Exception]:
        outcomes = list(self._work(items))
        if len(outcomes) != len(items):
            raise ValueError(f"{len(outcomes)} outcomes of {len(items)} items")
        return outcomes

    def _taken(self) -> list[_Waiting[I, O]]:
        """The items of the next pass: those of the first one's key, as many as may go together."""
        with self._changed:
            deadline_s = self._clock() + self._patience_s
            while not self._is_full() and self._askers < self._runs:
                left_s = deadline_s - self._clock()
                if left_s <= 0 or not self._changed.wait(left_s):
                    break
            taken: list[_Waiting[I, O]] = []
            room = self._most
            for one in self._waiting:
                if one.key != self._waiting[0].key:
                    continue
                if taken and one.weight > room:
                    break
                taken.append(one)
                room -= one.weight
            self._waiting = [one for one in self._waiting if one not in taken]
            return taken

    def _is_full(self) -> bool:
        return sum(one.weight for one in self._waiting if one.key == self._waiting[0].key) >= self._most


def _given(one: _Waiting[I, O]) -> O:
    if isinstance(one.outcome, Exception):
        raise one.outcome
    return one.outcome  # type: ignore[return-value]  # done: the outcome is there
