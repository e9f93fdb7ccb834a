from collections.abc import Mapping
from dataclasses import replace
from threading import Event

import pytest
from support.work import OWNER, a_claim, a_job

from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.store import Store
from triptych.wire import Wire, connect
from workers.periodic import run

pytestmark = pytest.mark.redis

HOUR_S = 3600.0
AWAY_TURNS = 20


class Turns(Event):
    """A stop that comes after so many waits, none of which takes time but ``each_s`` on its clocks.

    The store's is set forward besides, or back, by what ``is_set_by`` says of the wait of this number.
    """

    def __init__(self, store: Store, turns: int, each_s: float, is_set_by: Mapping[int, float] | None = None) -> None:
        super().__init__()
        self._turn, self._turns, self._each_s, self._is_set_by = 0, turns, each_s, is_set_by or {}
        self._now, self._running = store.clock(), 0.0
        self.store = replace(store, clock=lambda: self._now)

    def wait(self, timeout: float | None = None) -> bool:
        self._turn += 1
        self._running += self._each_s
        self._now += self._each_s + self._is_set_by.get(self._turn, 0.0)
        if self._turn == self._turns:
            self.set()
        return self.is_set()

    def running_clock(self) -> float:
        return self._running


def test_a_dead_run_is_rescued_by_the_loop(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)

    turns = Turns(store, 10, each_s=store.settings.sweep_s)
    run(turns.store, turns, turns.running_clock)

    assert get_job(store, OWNER, job.id).state is JobState.QUEUED


def test_a_machine_that_slept_gives_its_runs_time_to_renew(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)

    turns = Turns(store, 2, each_s=100 * store.settings.lease_s)
    run(turns.store, turns, turns.running_clock)

    assert get_job(store, OWNER, job.id).state is JobState.RUNNING


def test_a_clock_that_is_set_back_puts_no_rescue_off(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)

    turns = Turns(store, 10, store.settings.sweep_s, is_set_by={1: 2 * HOUR_S, 2: -HOUR_S})
    run(turns.store, turns, turns.running_clock)

    assert get_job(store, OWNER, job.id).state is JobState.QUEUED


def test_a_machine_that_slept_by_the_wall_s_clock_alone_gives_its_runs_time_to_renew(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)

    turns = Turns(store, 3, store.settings.sweep_s, is_set_by={1: HOUR_S})
    run(turns.store, turns, turns.running_clock)

    assert get_job(store, OWNER, job.id).state is JobState.RUNNING


def test_a_dead_run_is_rescued_while_redis_is_away(store: Store, away: Store) -> None:
    job = a_job(store)

    class Later(Turns):
        """A worker claims the job, and dies, when Redis has been away for longer than a lease."""

        def wait(self, timeout: float | None = None) -> bool:
            if self._turn == AWAY_TURNS:
                a_claim(self.store, job)
            return super().wait(timeout)

    turns = Later(away, AWAY_TURNS + 10, each_s=store.settings.sweep_s)
    run(turns.store, turns, turns.running_clock)

    assert get_job(store, OWNER, job.id).state is JobState.QUEUED


def test_the_loop_outlives_a_sweep_that_stumbles(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)
    stumbles = iter([ZeroDivisionError("a defect of ours")])

    class Stumbling(Wire):
        def time(self) -> float:
            for error in stumbles:
                raise error
            return super().time()

    wire = Stumbling(connect(store.settings.redis))
    turns = Turns(replace(store, wire=wire), 10, each_s=store.settings.sweep_s)
    run(turns.store, turns, turns.running_clock)

    assert get_job(store, OWNER, job.id).state is JobState.QUEUED
