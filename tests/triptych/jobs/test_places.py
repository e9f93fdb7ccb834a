"""Where a queued job is told to stand, and when it should be done."""

from dataclasses import replace

import pytest
from support.stores import SHUT, HandClock, waiting_jobs, with_settings
from support.work import COUNTING, OWNER, a_claim, a_job, fail_in_passing, succeed

from pipelines.catalogue import Pipeline
from triptych.ids import new_id
from triptych.jobs.job import Job
from triptych.jobs.owner import cancel, cancel_many
from triptych.jobs.reading import get_job
from triptych.jobs.selection import Selection
from triptych.jobs.states import Priority
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit_all
from triptych.jobs.sweep import wake
from triptych.store import Store
from triptych.workers import Worker, report

SLOW = replace(COUNTING, name="test.slow")
RUN_S, SLOW_RUN_S = 4.0, 20.0
SLOTS = 2


def position(store: Store, job: Job) -> int | None:
    place = get_job(store, job.owner, job.id).place
    return place.position if place else None


def eta_s(store: Store, job: Job) -> float | None:
    place = get_job(store, job.owner, job.id).place
    return place.eta_s if place else None


@pytest.fixture
def known(timed: Store, clock: HandClock) -> Store:
    """A store whose pipelines have each run once, and that has a worker."""
    for pipeline, run_s in ((COUNTING, RUN_S), (SLOW, SLOW_RUN_S)):
        has_taken(timed, clock, pipeline, run_s)
    report(timed, Worker("cpu@host", ("cpu",), SLOTS, "1", clock()))
    return timed


def has_taken(store: Store, clock: HandClock, pipeline: Pipeline, run_s: float) -> None:
    claimed = a_claim(store, a_job(store, "zoe", pipeline))
    clock.forward(run_s)
    succeed(store, claimed)


def test_the_jobs_of_one_owner_stand_in_the_order_in_which_they_came(timed: Store) -> None:
    jobs = waiting_jobs(timed, OWNER, 4, COUNTING)

    assert [position(timed, job) for job in jobs] == [1, 2, 3, 4]


def test_jobs_that_wait_stand_behind_those_in_the_window(timed: Store) -> None:
    narrow = with_settings(timed, window=2)

    jobs = [a_job(narrow) for _ in range(4)]

    assert [position(narrow, job) for job in jobs] == [1, 2, 3, 4]
    assert [job.place.position for job in jobs if job.place] == [1, 2, 3, 4]


def test_owners_take_turns_however_long_the_others_queue_is(timed: Store) -> None:
    flood = waiting_jobs(timed, "bob", 50, COUNTING)
    ours = waiting_jobs(timed, "ada", 3, COUNTING)

    assert [position(timed, job) for job in ours] == [1, 3, 5]
    assert position(timed, flood[-1]) == 53


def test_an_owner_with_more_in_flight_goes_behind(timed: Store) -> None:
    for job in waiting_jobs(timed, "bob", 2, COUNTING):
        a_claim(timed, job)
    waiting_jobs(timed, "bob", 5, COUNTING)
    ours = waiting_jobs(timed, "ada", 4, COUNTING)

    assert [position(timed, job) for job in ours] == [1, 2, 3, 5]


def test_every_interactive_job_stands_before_the_first_of_a_batch(timed: Store) -> None:
    [batch] = waiting_jobs(timed, "ada", 1, COUNTING, Priority.BATCH)
    waiting_jobs(timed, "ada", 2, COUNTING)
    urgent = waiting_jobs(timed, "bob", 3, COUNTING)

    assert position(timed, batch) == 6
    assert position(timed, urgent[0]) == 1


def test_an_interactive_job_stands_before_a_batch_job_that_was_rung_first(timed: Store) -> None:
    batch = a_job(timed, priority=Priority.BATCH)
    urgent = a_job(timed)

    assert (position(timed, urgent), position(timed, batch)) == (1, 2)


@pytest.mark.parametrize("count", [999, 1000, 1001, 1500])
def test_the_last_of_very_many_stands_behind_them_all(timed: Store, count: int) -> None:
    jobs = waiting_jobs(timed, OWNER, count, COUNTING)

    assert position(timed, jobs[-1]) == count


def test_cancelled_jobs_are_not_counted(timed: Store) -> None:
    jobs = waiting_jobs(timed, OWNER, 10, COUNTING)
    for job in jobs[2:6]:
        cancel(with_settings(timed, window=SHUT), OWNER, job.id)

    assert position(timed, jobs[-1]) == 6


def test_behind_very_many_cancelled_jobs_are_at_most_counted_as_if_they_waited(timed: Store) -> None:
    jobs = waiting_jobs(timed, OWNER, 1500, COUNTING)
    shut = with_settings(timed, window=SHUT)
    cancel_many(shut, OWNER, Selection([job.id for job in jobs[100:300]]))

    told = position(timed, jobs[-1])

    assert told is not None
    assert 1300 <= told <= 1500
    assert position(timed, jobs[400]) == 201


def test_a_job_that_waits_to_be_tried_again_has_no_place_until_it_is_due(timed: Store, clock: HandClock) -> None:
    job = a_job(timed)
    fail_in_passing(timed, a_claim(timed, job))
    waiting = waiting_jobs(timed, OWNER, 2, COUNTING)

    delayed, before = position(timed, job), [position(timed, one) for one in waiting]
    clock.forward(timed.settings.retry_s)
    wake(timed)
    due, after = position(timed, job), [position(timed, one) for one in waiting]

    assert (delayed, before) == (None, [1, 2])
    assert (due, after) == (1, [2, 3])


def test_jobs_that_run_or_have_ended_have_no_place(timed: Store) -> None:
    running, ended = a_claim(timed, a_job(timed)), a_claim(timed, a_job(timed))
    succeed(timed, ended)

    assert [position(timed, claimed.job) for claimed in (running, ended)] == [None, None]


def test_the_slots_share_what_is_ahead(known: Store) -> None:
    jobs = waiting_jobs(known, OWNER, 4, COUNTING)

    assert [eta_s(known, job) for job in jobs] == [RUN_S + ahead * RUN_S / SLOTS for ahead in range(4)]


def test_each_pipeline_counts_with_its_own_time(known: Store) -> None:
    waiting_jobs(known, OWNER, 2, SLOW)
    [job] = waiting_jobs(known, OWNER, 1, COUNTING)

    assert eta_s(known, job) == 2 * SLOW_RUN_S / SLOTS + RUN_S


def test_behind_very_many_the_first_of_them_stand_for_the_mix(known: Store) -> None:
    mixed = [SLOW, COUNTING] * 2
    for pipeline in mixed:
        waiting_jobs(known, OWNER, 500, pipeline)
    [job] = waiting_jobs(known, OWNER, 1, COUNTING)

    assert eta_s(known, job) == 1000 * (SLOW_RUN_S + RUN_S) / SLOTS + RUN_S


@pytest.mark.parametrize("unknown", ["its own pipeline", "one ahead", "workers"])
def test_the_time_is_not_told_while_something_that_it_needs_is_unknown(
    timed: Store, clock: HandClock, unknown: str
) -> None:
    for pipeline in {"its own pipeline": [SLOW], "one ahead": [COUNTING]}.get(unknown, [SLOW, COUNTING]):
        has_taken(timed, clock, pipeline, RUN_S)
    if unknown != "workers":
        report(timed, Worker("cpu@host", ("cpu",), SLOTS, "1", clock()))
    waiting_jobs(timed, OWNER, 1, SLOW)
    [job] = waiting_jobs(timed, OWNER, 1, COUNTING)

    assert (position(timed, job), eta_s(timed, job)) == (2, None)


def test_jobs_that_were_admitted_together_stand_in_the_order_of_their_turns(timed: Store) -> None:
    ids = [new_id() for _ in range(6)]
    wanted = [Submission(OWNER, COUNTING, {}, id=one) for one in reversed(ids)]

    jobs = submit_all(with_settings(timed, window=4), wanted)

    assert [job.place.position for job in jobs if job.place] == [1, 2, 3, 4, 5, 6]
    assert [position(timed, job) for job in jobs] == [1, 2, 3, 4, 5, 6]


def test_jobs_submitted_together_are_told_where_they_stand_when_asked(timed: Store) -> None:
    waiting_jobs(timed, "bob", 3, COUNTING)

    jobs = waiting_jobs(timed, "ada", 3, COUNTING)

    assert [job.place for job in jobs] == [get_job(timed, "ada", job.id).place for job in jobs]
