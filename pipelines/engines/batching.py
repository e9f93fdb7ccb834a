"""Doing for several runs at once what a model does best at once: items of threads that come together share a pass.

A pipeline's ``run_many`` is for something else: it spares jobs of one message the work around the model. Whoever has
several items, be it one run or the runs of one message, hands them to the model's batcher as one list.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pipelines.engines.pass_bound import PassBound
from pipelines.engines.passes import NotePass, PassDone, PassKind, outcomes_of, uncounted

I = TypeVar("I")  # noqa: E741  an item
O = TypeVar("O")  # noqa: E741  what becomes of it

TURN_WAIT_S = 0.2  # between looks at whether a run that waits was cancelled
PATIENCE_S = 0.02  # at most as long as a pass takes that is worth being shared


@dataclass(slots=True, eq=False)
class _Waiting(Generic[I, O]):
    item: I
    key: Hashable
    weight: int
    since_s: float
    outcome: O | Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Batcher(Generic[I, O]):
    """Gathers items of several threads into passes of ``work``, one pass at a time. A loaded model has its own.

    ``work`` is given items of one ``key_of`` (such as their shape) whose ``weight_of`` together is within ``bound``
    (an item that alone weighs more goes alone), and returns for each its outcome or the exception it is to raise. What
    it raises as a whole is not yet any item's fault: see ``outcomes_of``.

    A thread that finds no pass running leads one. It waits for others, ``patience_s`` at most, and only while there
    are other runs (``taking_part``) that have nothing waiting: one run alone never waits. Items stay in the order they
    came; those of another key are left for the next pass. Each caller has at most its own items waiting, which is the
    back-pressure. Thread-safe.
    """

    def __init__(
        self,
        work: Callable[[Sequence[I]], Sequence[O | Exception]],
        kind: PassKind,
        bound: PassBound,
        *,
        patience_s: float = PATIENCE_S,
        key_of: Callable[[I], Hashable] = lambda _: None,
        weight_of: Callable[[I], int] = lambda _: 1,
        note: NotePass = uncounted,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work = work
        self._kind = kind
        self._bound = bound
        self._patience_s = patience_s
        self._key_of = key_of
        self._weight_of = weight_of
        self._note = note
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
                own = set(mine)
                self._waiting = [one for one in self._waiting if one not in own]
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
            outcomes = outcomes_of(self._work, [one.item for one in taken], self._bound, self._weight_of)
        except BaseException as error:  # a stop of the process: nobody may wait for ever
            outcomes = [RuntimeError(repr(error)) for _ in taken]
            raise
        finally:
            with self._changed:
                for one, outcome in zip(taken, outcomes, strict=True):
                    one.outcome = outcome
                    one.done.set()
                self._changed.notify_all()
        self._note(PassDone(self._kind, len(taken), waited_s))

    def _taken(self) -> list[_Waiting[I, O]]:
        """The items of the next pass: those of the first one's key, as many as may go together."""
        room = self._bound.now()
        with self._changed:
            deadline_s = self._clock() + self._patience_s
            while self._askers < self._runs and not self._fills(room):
                left_s = deadline_s - self._clock()
                if left_s <= 0 or not self._changed.wait(left_s):
                    break
            taken: list[_Waiting[I, O]] = []
            for one in self._waiting:
                if one.key != self._waiting[0].key:
                    continue
                if taken and one.weight > room:
                    break
                taken.append(one)
                room -= one.weight
            gone = set(taken)
            self._waiting = [one for one in self._waiting if one not in gone]
            return taken

    def _fills(self, room: int) -> bool:
        key = self._waiting[0].key
        return sum(one.weight for one in self._waiting if one.key == key) >= room


def _given(one: _Waiting[I, O]) -> O:
    if isinstance(one.outcome, Exception):
        raise one.outcome
    return one.outcome  # type: ignore[return-value]  # done: the outcome is there
