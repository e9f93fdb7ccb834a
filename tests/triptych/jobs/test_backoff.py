"""Failures that may pass: tried again after a while that grows, and in the end not any more."""

from dataclasses import replace
from random import Random

import pytest
from support.stores import HandClock, admitted, ids_of, with_settings
from support.work import OWNER, a_claim, a_job, fail_in_passing, story

from triptych.jobs.backoff import backoff_s
from triptych.jobs.ends import LONGEST_RETRY_S
from triptych.jobs.job import Job
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState
from triptych.jobs.sweep import sweep, wake
from triptych.store import Store


def a_delayed_job(store: Store) -> Job:
    """A job whose first run failed in passing, just now."""
    job = a_job(store)
    fail_in_passing(store, a_claim(store, job))
    return get_job(store, OWNER, job.id)


@pytest.mark.parametrize(
    ("tries", "whole_s"), [(1, 5.0), (2, 10.0), (3, 20.0), (6, 160.0), (7, 300.0), (10_000, 300.0)]
)
def test_a_wait_lies_in_the_upper_half_of_a_bound_that_doubles_up_to_the_longest(tries: int, whole_s: float) -> None:
    random = Random(1)

    waits = [backoff_s(tries, 5.0, 300.0, random) for _ in range(200)]

    assert all(whole_s / 2 <= wait <= whole_s for wait in waits)
    assert max(waits) - min(waits) > whole_s * 0.4


def test_a_failure_that_may_pass_is_not_tried_again_at_once(timed: Store, clock: HandClock) -> None:
    job = a_delayed_job(timed)

    assert job.state is JobState.QUEUED
    assert job.not_before is not None
    assert timed.settings.retry_s / 2 <= job.not_before - clock() <= timed.settings.retry_s
    assert [attempt.error for attempt in list_attempts(timed, OWNER, job.id)] == [
        {"code": "transient_failure", "message": "the network is away"}
    ]


def test_each_failure_waits_longer_than_the_one_before(timed: Store, clock: HandClock) -> None:
    patient = with_settings(timed, max_attempts=20, retry_s=8.0)
    job, waits = a_job(patient), []
    for _ in range(8):
        fail_in_passing(patient, a_claim(patient, job))
        told = get_job(patient, OWNER, job.id)
        waits.append((told.not_before or 0.0) - clock())
        clock.forward(waits[-1])
        wake(patient)

    bounds = [min(8.0 * 2**tries, LONGEST_RETRY_S) for tries in range(8)]
    assert all(bound / 2 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    assert bounds[-1] == LONGEST_RETRY_S


def test_jobs_that_failed_together_are_not_tried_again_at_one_moment(timed: Store) -> None:
    due = [a_delayed_job(timed).not_before for _ in range(10)]

    assert len(set(due)) == 10


def test_a_job_is_not_admitted_before_it_is_to_be_tried_again(timed: Store, clock: HandClock) -> None:
    job = a_delayed_job(timed)
    assert job.not_before is not None

    clock.forward(job.not_before - clock() - 0.01)
    wake(timed)
    before = ids_of(admitted(timed))
    clock.forward(0.01)
    wake(timed)
    after = ids_of(admitted(timed))

    assert (before, after) == ([], [job.id])
    assert get_job(timed, OWNER, job.id).not_before is None


def test_waking_tells_when_the_next_is_due(timed: Store, clock: HandClock) -> None:
    nobody = wake(timed)
    first, second = sorted(a_delayed_job(timed).not_before or 0.0 for _ in range(2))

    early = wake(timed)
    clock.now = first
    half = wake(timed)
    clock.now = second
    late = wake(timed)

    assert (nobody, early, half, late) == (None, first, second, None)


def test_the_sweep_rings_for_a_job_that_is_due_and_tells_when_the_next_one_is(timed: Store, clock: HandClock) -> None:
    here = replace(timed, clock=clock)
    first, second = sorted((a_delayed_job(here) for _ in range(2)), key=lambda job: job.not_before or 0.0)
    clock.now = first.not_before or 0.0

    due = sweep(here, since=clock())

    assert due == second.not_before
    assert a_claim(here, first).row.attempt == 2
    assert ids_of(admitted(here)) == []


def test_a_job_that_is_to_be_tried_again_is_told_as_queued(timed: Store) -> None:
    job = a_delayed_job(timed)

    assert story(timed, job) == ["job.queued", "job.started", "job.queued"]


def test_a_failure_that_does_not_pass_fails_the_job_in_the_end(timed: Store, clock: HandClock) -> None:
    job = a_job(timed)

    for _ in range(timed.settings.max_attempts):
        fail_in_passing(timed, a_claim(timed, job))
        clock.forward(LONGEST_RETRY_S)
        wake(timed)

    told = get_job(timed, OWNER, job.id)
    assert (told.state, told.not_before) == (JobState.FAILED, None)
    assert told.error == {"code": "transient_failure", "message": "the network is away"}
    assert len(list_attempts(timed, OWNER, job.id)) == timed.settings.max_attempts
