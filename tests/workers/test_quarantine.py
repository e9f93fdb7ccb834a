"""The last attempt of a job that may have killed its process is made with nothing beside it in its process."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event
from time import monotonic

import pytest
from support.stores import HandClock
from support.until import until

from workers.quarantine import PATIENCE_S, Quarantine

Room = Callable[[], AbstractContextManager[bool]]


class Order:
    """What several threads did, in order."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._threads = ThreadPoolExecutor(8)

    def work(self, name: str, room: Room, may_end: Event | None = None) -> Future[bool]:
        """Work in a thread of its own until it ``may_end``; whether it could begin."""

        def do() -> bool:
            with room() as may_begin:
                self.told.append(f"{name} begins" if may_begin else f"{name} gives up")
                if may_end is not None:
                    may_end.wait()
                self.told.append(f"{name} ends")
                return may_begin

        return self._threads.submit(do)


@pytest.fixture
def quarantine() -> Quarantine:
    return Quarantine(lambda: False, monotonic)


def test_who_is_to_be_alone_waits_for_those_that_have_begun(quarantine: Quarantine) -> None:
    order, may_end = Order(), Event()

    others = [order.work("other", quarantine.beside_others, may_end) for _ in range(2)]
    until(lambda: len(order.told) == 2)
    alone = order.work("alone", quarantine.alone)
    until(lambda: quarantine.is_wanted)
    may_end.set()

    assert [one.result() for one in (*others, alone)] == [True] * 3
    assert order.told[-2:] == ["alone begins", "alone ends"]


def test_who_comes_meanwhile_waits_until_nobody_is_alone(quarantine: Quarantine) -> None:
    order, may_end = Order(), Event()

    first = order.work("alone", quarantine.alone, may_end)
    until(lambda: order.told == ["alone begins"])
    later = [order.work("other", quarantine.beside_others), order.work("also alone", quarantine.alone)]
    may_end.set()

    assert [one.result() for one in (first, *later)] == [True] * 3
    assert order.told[:2] == ["alone begins", "alone ends"]
    assert order.told.index("also alone ends") == order.told.index("also alone begins") + 1


def test_nobody_waits_for_ever() -> None:
    clock, order, may_end = HandClock(), Order(), Event()
    quarantine = Quarantine(lambda: False, clock)

    long = order.work("other", quarantine.beside_others, may_end)
    until(lambda: order.told == ["other begins"])
    alone = order.work("alone", quarantine.alone, may_end)
    until(lambda: quarantine.is_wanted)
    clock.forward(PATIENCE_S)
    until(lambda: "alone begins" in order.told)
    also = order.work("also alone", quarantine.alone)
    until(lambda: clock.forward(PATIENCE_S) or also.done())
    may_end.set()

    assert [long.result(), alone.result(), also.result()] == [True, True, False]


def test_a_worker_that_goes_away_keeps_nobody_waiting() -> None:
    draining, order, may_end = Event(), Order(), Event()
    quarantine = Quarantine(draining.is_set, monotonic)

    alone = order.work("alone", quarantine.alone, may_end)
    until(lambda: order.told == ["alone begins"])
    other = order.work("other", quarantine.beside_others)
    draining.set()

    assert other.result()
    may_end.set()
    assert alone.result()
