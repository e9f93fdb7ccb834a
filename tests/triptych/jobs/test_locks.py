"""Two writers at once on PostgreSQL, which locks row by row: both get through, and neither undoes the other's work."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text
from support.stores import HandClock
from support.until import until
from support.work import OWNER, a_claim, a_job, fail_in_passing

from triptych.jobs import ending, ends
from triptych.jobs.counts import lane_loads
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim
from triptych.jobs.pauses import Pause, pause
from triptych.jobs.reading import get_job
from triptych.jobs.sweep import wake
from triptych.jobs.tables import jobs
from triptych.store import Store

pytestmark = pytest.mark.postgres

WHY = "http://whisper.example:9000 does not answer"


def find_it_away(store: Store, claimed: Claim) -> None:
    ending.end(store, ends.server_away(claimed.row, store.clock(), "server_away", WHY))


def the_pause(store: Store) -> Pause:
    [only] = [pause for load in lane_loads(store) for pause in load.paused]
    return only


@contextmanager
def held(store: Store, job: Job) -> Iterator[None]:
    """Another transaction has the job's row, and may want any other."""
    with store.database.write() as connection:
        connection.execute(select(jobs.c.id).where(jobs.c.id == job.id).with_for_update())
        yield


def not_before(store: Store, job: Job) -> float | None:
    return get_job(store, OWNER, job.id).not_before


def is_rung(store: Store, job: Job) -> bool:
    with store.database.read() as connection:
        rung_at = connection.execute(select(jobs.c.rung_at).where(jobs.c.id == job.id)).scalar()
    return rung_at is not None


def somebody_waits(store: Store) -> bool:
    """Whether a transaction waits for a lock that another holds."""
    with store.database.read() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def test_two_who_find_a_server_still_away_at_once_count_as_one_try_more(impatient: Store, clock: HandClock) -> None:
    first, second = (a_claim(impatient, a_job(impatient)) for _ in range(2))
    for _ in range(4):
        with impatient.database.write() as connection:
            pause(connection, first.row, WHY, clock(), impatient.random)
        clock.forward(the_pause(impatient).until - clock())

    with ThreadPoolExecutor(1) as another:
        with impatient.database.write() as connection:
            pause(connection, first.row, WHY, clock(), impatient.random)
            also = another.submit(find_it_away, impatient, second)
            until(lambda: also.done() or somebody_waits(impatient))
        also.result()

    assert 40 <= the_pause(impatient).until - clock() <= 80  # the fifth: as after 5, 10, 20 and 40 s


def test_a_delayed_job_that_another_holds_is_woken_the_next_time(impatient: Store, clock: HandClock) -> None:
    delayed = [a_job(impatient) for _ in range(2)]
    for job in delayed:
        fail_in_passing(impatient, a_claim(impatient, job))
    clock.forward(impatient.settings.retry_s)

    with held(impatient, delayed[0]):
        next_try = wake(impatient)
        at_first = [not_before(impatient, job) is None for job in delayed]
    wake(impatient)

    assert at_first == [False, True]
    assert next_try is not None
    assert next_try <= clock()
    assert [not_before(impatient, job) for job in delayed] == [None, None]


def test_a_ring_whose_job_another_holds_is_left_to_it(impatient: Store) -> None:
    claimed = a_claim(impatient, a_job(impatient))
    first, second = (a_job(impatient) for _ in range(2))

    with held(impatient, first):
        find_it_away(impatient, claimed)

    assert [is_rung(impatient, job) for job in (first, second)] == [True, False]
