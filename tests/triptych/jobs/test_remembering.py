"""What is worth remembering is followed by a job that remembers it: once, whatever becomes of either."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Row, select
from support.statements import statements_of
from support.stores import HandClock, with_settings
from support.work import COUNTING, DONE, OWNER, a_claim, a_file, fail, hand_back, story, succeed

from pipelines.contract import Lane
from triptych.jobs import ending, ends, owner
from triptych.jobs.job import Job
from triptych.jobs.leases import Holder, LeaseLost, claim_all
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.tables import jobs
from triptych.store import Store

pytestmark = pytest.mark.redis

TELLING = replace(COUNTING, name="test.tell", remember=True)


def told(store: Store, **asked: object) -> Job:
    """A job that makes something worth remembering."""
    wanted = {"owner": OWNER, "pipeline": TELLING, "params": {}, **asked}
    return submit(store, Submission(**wanted))  # type: ignore[arg-type]  # each of its own type


def followers(store: Store, *followed: Job) -> Sequence[Row[tuple[object, ...]]]:
    """The jobs that these are followed by."""
    theirs = select(jobs).where(jobs.c.parent_id.in_([job.id for job in followed])).order_by(jobs.c.parent_id)
    with store.database.read() as connection:
        return connection.execute(theirs).all()


def follower(store: Store, job: Job) -> Job:
    [row] = followers(store, job)
    return get_job(store, OWNER, row.id)


def test_job_that_succeeded_is_followed_by_one_that_remembers_it(store: Store) -> None:
    job = told(store, new_files=(a_file(store, b"one"), a_file(store, b"two")))

    succeed(store, a_claim(store, job))

    [row] = followers(store, job)
    index = get_job(store, OWNER, row.id)
    assert (index.pipeline, index.params, index.priority, row.child) == ("memory.index", {"job": job.id}, "batch", -1)
    assert index.inputs == job.inputs
    assert index.state is JobState.QUEUED
    assert row.rung_at is not None
    assert story(store, index) == ["job.queued"]


@pytest.mark.parametrize(
    ("asked", "setting"),
    [({"remember": False}, True), ({"pipeline": COUNTING}, True), ({}, False)],
    ids=["told not to", "nothing worth it", "switched off"],
)
def test_job_that_is_not_to_be_remembered_is_followed_by_none(
    store: Store, asked: dict[str, object], setting: bool
) -> None:
    quiet = with_settings(store, remember=setting)
    job = told(quiet, **asked)

    succeed(quiet, a_claim(quiet, job))

    assert followers(store, job) == []


def test_job_that_failed_is_followed_by_none(store: Store) -> None:
    job = told(store)

    fail(store, a_claim(store, job))

    assert followers(store, job) == []


def test_what_remembers_is_not_remembered_itself(store: Store) -> None:
    job = told(store)
    succeed(store, a_claim(store, job))
    index = follower(store, job)

    succeed(store, a_claim(store, index))

    assert followers(store, index) == []


def test_jobs_of_one_message_are_each_followed(store: Store) -> None:
    many = [told(store) for _ in range(3)]
    claims = claim_all(store, [job.id for job in many], Holder("worker-1"))

    ended = ending.end_all(store, [ends.succeeded(claimed.row, store.clock(), DONE) for claimed in claims])

    assert ended == {job.id for job in many}
    assert [row.parent_id for row in followers(store, *many)] == sorted(job.id for job in many)


def test_worker_goes_on_with_the_next_job_behind_one_that_is_remembered(store: Store) -> None:
    job, following = told(store), told(store)
    claimed = a_claim(store, job)

    done = ends.succeeded(claimed.row, store.clock(), DONE)
    ended, _ = ending.end_and_go_on(store, [done], Holder("worker-1"))

    assert ended == {job.id}
    assert len(followers(store, job)) == 1
    assert followers(store, following) == []


def test_end_that_nothing_follows_takes_one_statement_of_postgresql(impatient: Store) -> None:
    store = impatient
    plain, remembered = (a_claim(store, told(store, remember=wish)) for wish in (False, True))
    one, other = (ends.succeeded(claimed.row, store.clock(), DONE) for claimed in (plain, remembered))

    of_plain = statements_of(store, lambda: ending.end_and_go_on(store, [one], Holder("worker-1")))
    of_remembered = statements_of(store, lambda: ending.end_and_go_on(store, [other], Holder("worker-1")))

    assert len(of_plain) == 1
    assert 1 < len(of_remembered) <= 10


def test_end_that_is_no_longer_the_jobs_is_followed_by_nothing(store: Store) -> None:
    job = told(store)
    claimed = a_claim(store, job)
    hand_back(store, claimed)

    with pytest.raises(LeaseLost):
        succeed(store, claimed)

    assert followers(store, job) == []


def test_no_quota_refuses_what_remembers(store: Store) -> None:
    narrow = with_settings(store, quota_queued=1)
    job = told(narrow)
    claimed = a_claim(narrow, job)
    told(narrow)

    succeed(narrow, claimed)

    assert len(followers(store, job)) == 1


def test_job_that_is_done_again_is_remembered_anew_by_the_same_job(store: Store) -> None:
    job = told(store)
    succeed(store, a_claim(store, job))
    index = follower(store, job)
    succeed(store, a_claim(store, index))
    owner.retry(store, OWNER, job.id)

    succeed(store, a_claim(store, job))

    assert follower(store, job).id == index.id
    assert follower(store, job).state is JobState.QUEUED
    assert follower(store, job).attempt == 1


def test_run_that_looks_at_an_earlier_result_loses_its_job(store: Store) -> None:
    job = told(store)
    succeed(store, a_claim(store, job))
    running = a_claim(store, follower(store, job))
    owner.retry(store, OWNER, job.id)

    succeed(store, a_claim(store, job))

    with pytest.raises(LeaseLost):
        succeed(store, running)
    assert follower(store, job).state is JobState.QUEUED
    [attempt] = list_attempts(store, OWNER, running.job.id)
    assert attempt.error is not None
    assert attempt.error["code"] == "handed_back"


def test_what_still_waits_to_remember_is_left_waiting(timed: Store, clock: HandClock) -> None:
    job = told(timed)
    succeed(timed, a_claim(timed, job))
    queued_at = follower(timed, job).queued_at
    owner.retry(timed, OWNER, job.id)
    clock.forward(5)

    succeed(timed, a_claim(timed, job))

    assert follower(timed, job).queued_at == queued_at
    assert story(timed, follower(timed, job)).count("job.queued") == 1


def test_lane_without_room_leaves_it_waiting(store: Store) -> None:
    full = with_settings(store, window=1)
    first, second = told(full), told(full)
    succeed(full, a_claim(full, first))

    succeed(full, a_claim(full, second))

    assert [row.rung_at is None for row in followers(full, first, second)] == [False, True]
    assert {row.lane for row in followers(full, first, second)} == {Lane.GPU}
