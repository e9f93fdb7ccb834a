"""What a batch's owner does with it: hold it back, go on, cancel it, have failed lines done again, delete it."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from support.batching import a_batch, do_jobs, jobs_of, standing, tend, texts
from support.stores import HandClock
from support.work import OWNER, a_claim, succeed

from triptych.batches import owner as owners
from triptych.batches.batch import UnknownBatch, WrongState
from triptych.batches.reading import list_lines
from triptych.batches.states import BatchState, LineState
from triptych.batches.tables import batch_lines
from triptych.files import contents, files
from triptych.jobs.owner import delete_job, retry
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs
from triptych.store import Store

pytestmark = pytest.mark.redis


def states_of(store: Store, batch_id: str) -> list[LineState]:
    return [line.state for line in list_lines(store, OWNER, batch_id, None, 0, 100)]


def count_of(store: Store, *tables) -> list[int]:
    with store.database.read() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def test_paused_batch_begins_no_further_job_and_lets_a_running_one_end(store: Store) -> None:
    batch_id = a_batch(store, texts(3))
    tend(store)
    claimed = a_claim(store, jobs_of(store, batch_id)[0])

    owners.pause(store, OWNER, batch_id)
    tend(store)
    succeed(store, claimed)
    tend(store)

    assert [job.state for job in jobs_of(store, batch_id)] == [JobState.SUCCEEDED]
    assert states_of(store, batch_id) == [LineState.SUCCEEDED, LineState.QUEUED, LineState.QUEUED]
    assert count_of(store, files, contents) == [1, 1]  # what was written for jobs that were taken back is gone


def test_resumed_batch_does_what_was_held_back_once(store: Store) -> None:
    batch_id = a_batch(store, texts(3))
    tend(store)
    owners.pause(store, OWNER, batch_id)
    tend(store)

    owners.resume(store, OWNER, batch_id)
    tend(store)
    do_jobs(store, batch_id)
    tend(store)

    assert standing(store, batch_id).state is BatchState.FINISHED
    assert states_of(store, batch_id) == [LineState.SUCCEEDED] * 3


def test_failed_lines_alone_are_done_again_by_the_same_jobs(store: Store) -> None:
    batch_id = a_batch(store, texts(3))
    tend(store)
    before = [job.id for job in jobs_of(store, batch_id)]
    do_jobs(store, batch_id, failing=["number 2"])
    tend(store)

    again = owners.retry(store, OWNER, batch_id)
    waiting = standing(store, batch_id)
    tend(store)

    assert again == 1
    assert (waiting.state, waiting.lines.queued, waiting.lines.failed) == (BatchState.RUNNING, 1, 0)
    assert [job.id for job in jobs_of(store, batch_id)] == before
    assert [job.state for job in jobs_of(store, batch_id)] == [
        JobState.SUCCEEDED,
        JobState.QUEUED,
        JobState.SUCCEEDED,
    ]
    do_jobs(store, batch_id)
    tend(store)
    assert standing(store, batch_id).lines.succeeded == 3


def test_job_that_its_owner_retried_first_is_not_made_twice(store: Store) -> None:
    batch_id = a_batch(store, texts(2))
    tend(store)
    do_jobs(store, batch_id, failing=["number 2"])
    tend(store)
    owners.retry(store, OWNER, batch_id)

    retry(store, OWNER, jobs_of(store, batch_id)[1].id)
    tend(store)

    assert [job.state for job in jobs_of(store, batch_id)] == [JobState.SUCCEEDED, JobState.QUEUED]
    assert standing(store, batch_id).lines.queued == 1


def test_cancelled_batch_has_nothing_left_to_do(store: Store) -> None:
    batch_id = a_batch(store, texts(3))
    tend(store)
    succeed(store, a_claim(store, jobs_of(store, batch_id)[0]))

    owners.cancel(store, OWNER, batch_id)
    tend(store)

    batch = standing(store, batch_id)
    assert (batch.state, batch.lines.succeeded, batch.lines.cancelled, batch.lines.left) == (
        BatchState.CANCELLED,
        1,
        2,
        0,
    )


def test_batch_that_is_cancelled_before_its_jobs_are_made_makes_none(store: Store) -> None:
    batch_id = a_batch(store, texts(3), is_dry_run=True)
    tend(store)

    owners.cancel(store, OWNER, batch_id)
    tend(store)

    assert jobs_of(store, batch_id) == []
    assert states_of(store, batch_id) == [LineState.CANCELLED] * 3


def test_line_whose_job_was_deleted_is_told_as_cancelled(store: Store) -> None:
    batch_id = a_batch(store, texts(2))
    tend(store)
    do_jobs(store, batch_id)
    tend(store)

    delete_job(store, OWNER, jobs_of(store, batch_id)[0].id)

    lines = list_lines(store, OWNER, batch_id, LineState.CANCELLED, 0, 10)
    assert [(line.number, line.error["code"] if line.error else None) for line in lines] == [(1, "gone")]
    batch = standing(store, batch_id)
    assert (batch.lines.succeeded, batch.lines.cancelled) == (1, 1)


def test_deleted_batch_takes_all_of_its_own_along(store: Store) -> None:
    batch_id = a_batch(store, texts(3))
    tend(store)
    do_jobs(store, batch_id)
    tend(store)

    owners.delete(store, OWNER, batch_id)
    with pytest.raises(UnknownBatch):
        standing(store, batch_id)
    tend(store)

    assert count_of(store, jobs, files, contents, batch_lines) == [0, 0, 0, 0]


@pytest.mark.parametrize("act", [owners.start, owners.resume, owners.delete])
def test_what_a_running_batch_does_not_allow_is_refused(sqlite_store: Store, act: Callable[..., object]) -> None:
    batch_id = a_batch(sqlite_store, texts(1))
    tend(sqlite_store)

    with pytest.raises(WrongState, match="running"):
        act(sqlite_store, OWNER, batch_id)


@pytest.mark.parametrize("act", [owners.start, owners.pause, owners.resume, owners.cancel, owners.retry, owners.delete])
def test_batch_of_somebody_else_is_not_there(sqlite_store: Store, act: Callable[..., object]) -> None:
    batch_id = a_batch(sqlite_store, texts(1))

    with pytest.raises(UnknownBatch):
        act(sqlite_store, "bob", batch_id)


def test_failed_lines_are_done_again_after_the_time_that_the_batch_had(timed: Store, clock: HandClock) -> None:
    batch_id = a_batch(timed, texts(2), expires_at=clock() + 3600)
    tend(timed)
    do_jobs(timed, batch_id, failing=["number 1"])
    tend(timed)
    clock.forward(3601)

    owners.retry(timed, OWNER, batch_id)
    tend(timed)
    do_jobs(timed, batch_id)
    tend(timed)

    batch = standing(timed, batch_id)
    assert (batch.state, batch.lines.succeeded, batch.error) == (BatchState.FINISHED, 2, None)


def test_line_whose_job_its_owner_has_done_again_first_counts_once(store: Store) -> None:
    batch_id = a_batch(store, texts(2))
    tend(store)
    do_jobs(store, batch_id, failing=["number"])
    tend(store)
    owners.retry(store, OWNER, batch_id)
    owners.pause(store, OWNER, batch_id)
    tend(store)

    retry(store, OWNER, jobs_of(store, batch_id)[0].id)

    lines = standing(store, batch_id).lines
    assert (lines.queued, lines.failed) == (2, 0)
    assert states_of(store, batch_id) == [LineState.QUEUED] * 2
    owners.cancel(store, OWNER, batch_id)
    tend(store)
    lines = standing(store, batch_id).lines
    assert (lines.queued, lines.failed, lines.cancelled) == (0, 0, 2)
