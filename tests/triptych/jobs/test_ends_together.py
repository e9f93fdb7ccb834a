"""The ends of several runs, written by one transaction: each as if it were alone."""

from dataclasses import replace

import pytest
from support.work import COUNTING, DONE, OWNER, a_claim, a_job, story

from triptych.jobs import ending, ends
from triptych.jobs.ends import End
from triptych.jobs.leases import Claim, LeaseLost
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState
from triptych.store import Store


def success(store: Store, claimed: Claim) -> End:
    return ends.succeeded(claimed.row, store.clock(), DONE)


def claims(store: Store, count: int) -> list[Claim]:
    return [a_claim(store, a_job(store)) for _ in range(count)]


def states(store: Store, claimed: list[Claim]) -> list[JobState]:
    return [get_job(store, OWNER, one.job.id).state for one in claimed]


def test_successes_that_come_together_are_each_the_end_of_their_job(store: Store) -> None:
    claimed = claims(store, 5)

    ended = ending.end_all(store, [success(store, one) for one in claimed])

    assert ended == {one.job.id for one in claimed}
    for one in claimed:
        told = get_job(store, OWNER, one.job.id)
        assert (told.state, told.result, told.fraction) == (JobState.SUCCEEDED, {"answer": 42}, 1.0)
        assert [attempt.worker for attempt in list_attempts(store, OWNER, one.job.id)] == ["worker-1"]
        assert story(store, one.job) == ["job.queued", "job.started", "job.finished"]


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_an_end_that_came_too_late_does_not_hold_up_the_others(store: Store, lost: int) -> None:
    claimed = claims(store, 3)
    cancel(store, OWNER, claimed[lost].job.id)
    ours = [one for one in claimed if one is not claimed[lost]]

    ended = ending.end_all(store, [success(store, one) for one in claimed])

    assert ended == {one.job.id for one in ours}
    assert states(store, ours) == [JobState.SUCCEEDED, JobState.SUCCEEDED]
    assert get_job(store, OWNER, claimed[lost].job.id).state is JobState.CANCELLED
    assert [story(store, one.job).count("job.finished") for one in claimed] == [1, 1, 1]
    assert [len(list_attempts(store, OWNER, one.job.id)) for one in claimed] == [1, 1, 1]


def test_ends_that_all_came_too_late_change_nothing(store: Store) -> None:
    claimed = claims(store, 2)
    for one in claimed:
        cancel(store, OWNER, one.job.id)

    assert ending.end_all(store, [success(store, one) for one in claimed]) == set()
    assert states(store, claimed) == [JobState.CANCELLED, JobState.CANCELLED]


def test_ends_of_several_kinds_are_written_together(store: Store) -> None:
    done, broken, again, back = claimed = claims(store, 4)
    at = store.clock()

    ended = ending.end_all(
        store,
        [
            success(store, done),
            ends.failed(broken.row, at, "bad_input", "no"),
            ends.to_be_retried(store, again.row, at, "transient_failure", "later"),
            ends.handed_back(back.row, at),
        ],
    )

    assert ended == {one.job.id for one in claimed}
    assert states(store, claimed) == [JobState.SUCCEEDED, JobState.FAILED, JobState.QUEUED, JobState.QUEUED]
    assert back.job.id in store.wire.waiting(COUNTING.lane)
    assert [story(store, one.job)[-1] for one in claimed] == ["job.finished"] * 2 + ["job.queued"] * 2


def test_an_end_that_came_too_late_alone_is_told_to_who_wrote_it(store: Store) -> None:
    [claimed] = claims(store, 1)
    cancel(store, OWNER, claimed.job.id)

    with pytest.raises(LeaseLost, match=claimed.job.id):
        ending.end(store, success(store, claimed))


def test_a_run_that_waited_behind_others_of_its_message_is_told_from_its_own_start(store: Store) -> None:
    claimed = claims(store, 2)
    began = store.clock() + 10
    written = [replace(success(store, one), at=began + 5, started_at=began) for one in claimed]

    ending.end_all(store, written)

    for one in claimed:
        told = get_job(store, OWNER, one.job.id)
        [attempt] = list_attempts(store, OWNER, one.job.id)
        assert (told.started_at, told.finished_at) == (attempt.started_at, attempt.ended_at) == (began, began + 5)
