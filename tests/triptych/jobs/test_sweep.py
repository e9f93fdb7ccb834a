from dataclasses import replace

import pytest
from redis.exceptions import RedisError
from support.rebuilding import states, took_over
from support.remembering import passage, remember, vector
from support.work import COUNTING, OWNER, a_claim, a_job, story, succeed

from triptych.jobs import leases
from triptych.jobs.leases import LeaseLost
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState
from triptych.jobs.sweep import rescue_lapsed, ring_again, sweep
from triptych.store import Store
from triptych.wire import connect

pytestmark = pytest.mark.redis


def later(store: Store, seconds: float) -> Store:
    """The same store, ``seconds`` from now."""
    return replace(store, clock=lambda: store.clock() + seconds)


def test_a_dead_workers_job_is_queued_again(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)

    rescued = rescue_lapsed(later(store, store.settings.lease_s + 1))

    assert rescued == [job.id]
    assert get_job(store, OWNER, job.id).state is JobState.QUEUED
    assert [attempt.error["code"] for attempt in list_attempts(store, OWNER, job.id) if attempt.error] == [
        "worker_died"
    ]
    assert story(store, job) == ["job.queued", "job.started", "job.queued"]


def test_a_renewed_lease_is_left_alone(store: Store) -> None:
    job = a_job(store)
    claimed = a_claim(store, job)
    leases.renew(later(store, store.settings.lease_s - 1), claimed.row.holder, {claimed.row.process_id})

    rescued = rescue_lapsed(later(store, store.settings.lease_s + 1))

    assert rescued == []


def test_a_result_that_comes_after_the_rescue_is_refused(store: Store) -> None:
    job = a_job(store)
    stopped = a_claim(store, job)
    rescue_lapsed(later(store, store.settings.lease_s + 1))
    successor = a_claim(store, job, "worker-2")

    with pytest.raises(LeaseLost):
        succeed(store, stopped)
    succeed(store, successor)

    assert [attempt.worker for attempt in list_attempts(store, OWNER, job.id)] == ["worker-1", "worker-2"]
    assert story(store, job).count("job.finished") == 1


def test_a_job_that_kills_its_workers_is_failed_as_poisoned(store: Store) -> None:
    job = a_job(store)

    for _ in range(store.settings.max_attempts):
        a_claim(store, job)
        rescue_lapsed(later(store, store.settings.lease_s + 1))

    told = get_job(store, OWNER, job.id)
    assert told.state is JobState.FAILED
    assert told.error is not None
    assert told.error["code"] == "poisoned"
    assert len(list_attempts(store, OWNER, job.id)) == store.settings.max_attempts


def test_two_sweepers_rescue_a_run_once(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)
    after = later(store, store.settings.lease_s + 1)

    first, second = rescue_lapsed(after), rescue_lapsed(after)

    assert (first, second) == ([job.id], [])


def test_what_redis_lost_is_rung_for_again(store: Store) -> None:
    job = a_job(store)
    connect(store.settings.redis).flushall()

    sweep(later(store, store.settings.sweep_s + 1), since=0)

    assert store.wire.waiting(COUNTING.lane) == {job.id}


def test_a_job_accepted_while_redis_was_away_is_rung_for(store: Store, away: Store) -> None:
    job = a_job(away)

    sweep(later(store, store.settings.sweep_s + 1), since=0)

    assert store.wire.waiting(COUNTING.lane) == {job.id}


def test_a_ring_that_still_stands_is_not_repeated(store: Store) -> None:
    a_job(store)

    repeated = ring_again(store, COUNTING.lane, before=store.clock() + 1)

    assert repeated == []


def test_a_cancelled_job_stays_cancelled_through_a_sweep(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)
    cancel(store, OWNER, job.id)

    sweep(later(store, store.settings.lease_s + 1), since=0)

    assert get_job(store, OWNER, job.id).state is JobState.CANCELLED


def test_what_the_memory_no_longer_needs_goes_while_redis_is_away(store: Store, away: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    took_over(store)
    a_job(away)

    with pytest.raises(RedisError):
        sweep(later(away, store.settings.sweep_s + 1), since=0)

    assert states(store) == {"sextant": "active"}
