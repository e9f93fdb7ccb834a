from dataclasses import replace
from threading import Event

import pytest
from support.work import OWNER, a_claim, a_job

from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.store import Store
from workers.periodic import run

pytestmark = pytest.mark.redis


class Turns(Event):
    """A stop that comes after so many waits, none of which takes time but ``each_s`` on the store's clock."""

    def __init__(self, store: Store, turns: int, each_s: float) -> None:
        super().__init__()
        self._left, self._each_s, self._now = turns, each_s, store.clock()
        self.store = replace(store, clock=lambda: self._now)

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        self._now += self._each_s
        if not self._left:
            self.set()
        return self.is_set()


def test_a_dead_run_is_rescued_by_the_loop(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)

    turns = Turns(store, 10, each_s=store.settings.sweep_s)
    run(turns.store, turns)

    assert get_job(store, OWNER, job.id).state is JobState.QUEUED


def test_a_machine_that_slept_gives_its_runs_time_to_renew(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)

    turns = Turns(store, 2, each_s=100 * store.settings.lease_s)
    run(turns.store, turns)

    assert get_job(store, OWNER, job.id).state is JobState.RUNNING
