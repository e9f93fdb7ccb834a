"""What a slot goes on with when it has ended a run: the lane's next job, where nobody else's turn comes before it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.stores import SHUT, admitted, ids_of, waiting_jobs, with_settings
from support.work import COUNTING, DONE, OWNER, a_claim, a_job, a_text, fail_in_passing, hand_back

from triptych.jobs import ending, ends
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim, Holder
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState, Priority
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store

NEXT = Holder("worker-1")
TOGETHER = replace(COUNTING, name="test.together", batch=8)


@pytest.fixture
def running(store: Store) -> Claim:
    """A run that is about to end."""
    return a_claim(store, a_job(store))


def go_on(store: Store, *claims: Claim) -> list[Claim]:
    """End the runs well, and claim what comes next."""
    found = [ends.succeeded(one.row, store.clock(), DONE) for one in claims]
    ended, following = ending.end_and_go_on(store, found, NEXT)
    assert ended == {one.job.id for one in claims}
    return following


def claimed_of(claims: Sequence[Claim]) -> list[str]:
    return [one.job.id for one in claims]


def states(store: Store, jobs: Sequence[Job]) -> list[JobState]:
    return [get_job(store, OWNER, job.id).state for job in jobs]


def test_a_slot_goes_on_with_the_first_job_that_waits(store: Store, running: Claim) -> None:
    first, second = waiting_jobs(store, OWNER, 2, COUNTING)

    [following] = go_on(store, running)

    assert following.job.id == first.id
    assert (following.row.attempt, following.row.worker, following.row.holder) == (1, NEXT.worker, NEXT.token)
    assert following.row.lease_until == pytest.approx(store.clock() + store.settings.lease_s, abs=5)
    assert states(store, [running.job, first, second]) == [JobState.SUCCEEDED, JobState.RUNNING, JobState.QUEUED]


def test_the_result_of_the_run_before_is_kept(store: Store, running: Claim) -> None:
    waiting_jobs(store, OWNER, 1, COUNTING)

    go_on(store, running)

    told = get_job(store, OWNER, running.job.id)
    assert (told.result, told.engine, told.error, told.fraction) == (
        {"answer": 42},
        {"name": "abacus", "model": "wooden", "version": "1"},
        None,
        1.0,
    )


def test_a_job_that_a_slot_goes_on_with_brings_its_inputs(store: Store, running: Claim) -> None:
    text, content = a_text(store, b"a text")
    wanted = Submission(OWNER, COUNTING, {"n": 1}, new_files=(text,), content=content)
    submit(with_settings(store, window=SHUT), wanted)

    [following] = go_on(store, running)

    assert (following.job.inputs, following.content[text.id]) == ((text,), b"a text")
    assert following.job.params == {"n": 1}


def test_a_slot_goes_on_for_as_long_as_something_waits(store: Store, running: Claim) -> None:
    waiting = waiting_jobs(store, OWNER, 5, COUNTING)
    order: list[str] = []
    claims = [running]
    while claims := go_on(store, *claims):
        order += claimed_of(claims)

    assert order == ids_of(waiting)
    assert set(states(store, waiting)) == {JobState.SUCCEEDED}


def test_a_run_that_is_no_longer_the_jobs_ends_nothing_and_goes_on_with_nothing(store: Store, running: Claim) -> None:
    [waiting] = waiting_jobs(store, OWNER, 1, COUNTING)
    cancel(store, OWNER, running.job.id)

    ended, following = ending.end_and_go_on(store, [ends.succeeded(running.row, store.clock(), DONE)], NEXT)

    assert (ended, following) == (set(), [])
    assert states(store, [running.job, waiting])[0] is JobState.CANCELLED
    assert get_job(store, OWNER, running.job.id).result is None


def test_a_slot_leaves_what_comes_behind_another_owners_job_in_the_window(store: Store, running: Claim) -> None:
    a_job(store, owner="bob")
    [waiting] = waiting_jobs(store, OWNER, 1, COUNTING)

    assert go_on(store, running) == []
    assert states(store, [waiting]) == [JobState.QUEUED]


def test_a_slot_goes_on_past_the_window_where_one_owner_alone_has_jobs(store: Store, running: Claim) -> None:
    rung = a_job(store)
    [waiting] = waiting_jobs(store, OWNER, 1, COUNTING)

    assert claimed_of(go_on(store, running)) == [waiting.id]
    assert states(store, [rung]) == [JobState.QUEUED]


def test_a_slot_leaves_a_batch_that_comes_behind_an_interactive_job(store: Store, running: Claim) -> None:
    a_job(store)
    [waiting] = waiting_jobs(store, OWNER, 1, COUNTING, Priority.BATCH)

    assert go_on(store, running) == []
    assert states(store, [waiting]) == [JobState.QUEUED]


def test_of_two_owners_that_wait_a_slot_goes_on_with_the_one_that_has_least_in_flight(store: Store) -> None:
    other, running = a_claim(store, a_job(store)), a_claim(store, a_job(store))
    waiting_jobs(store, OWNER, 1, COUNTING)
    [bobs] = waiting_jobs(store, "bob", 1, COUNTING)

    assert claimed_of(go_on(store, running)) == [bobs.id]
    assert states(store, [other.job]) == [JobState.RUNNING]


def test_short_jobs_that_may_be_done_at_once_are_claimed_as_one_message(store: Store, running: Claim) -> None:
    known = [a_claim(store, a_job(store, pipeline=TOGETHER)) for _ in range(5)]
    ending.end_all(store, [ends.succeeded(one.row, one.row.started_at + 0.001, DONE) for one in known])
    waiting = waiting_jobs(store, OWNER, 3, TOGETHER)

    assert claimed_of(go_on(store, running)) == ids_of(waiting)


@pytest.mark.parametrize("leave", [hand_back, fail_in_passing])
def test_a_job_that_was_run_before_is_left_to_its_ring(store: Store, running: Claim, leave) -> None:  # type: ignore[no-untyped-def]
    shut = with_settings(store, window=SHUT)
    [again] = waiting_jobs(store, OWNER, 1, COUNTING)
    [ring] = admitted(store)
    leave(shut, a_claim(store, again))

    assert ids_of([ring]) == [again.id]
    assert go_on(store, running) == []
    assert states(store, [again]) == [JobState.QUEUED]


def test_several_ends_go_on_with_one_job(store: Store, running: Claim) -> None:
    other = a_claim(store, a_job(store))
    first, second = waiting_jobs(store, OWNER, 2, COUNTING)

    assert claimed_of(go_on(store, running, other)) == [first.id]
    assert states(store, [running.job, other.job, second]) == [
        JobState.SUCCEEDED,
        JobState.SUCCEEDED,
        JobState.QUEUED,
    ]
