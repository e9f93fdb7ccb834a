"""What is done to a job that asked for others is done to all that belong to it."""

import pytest
from support.families import a_child, a_waiting_parent, an_asking_job, children_of, states
from support.stores import HandClock, with_settings
from support.work import COUNTING, OWNER, a_claim, a_job, fail, story, succeed

from triptych.jobs.leases import LeaseLost
from triptych.jobs.owner import JobNotFinished, UnknownJob, cancel, cancel_many, delete_job, retry
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.selection import Selection
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.sweep import rescue_lapsed
from triptych.store import Store

pytestmark = pytest.mark.redis

QUEUED, SUCCEEDED = JobState.QUEUED, JobState.SUCCEEDED
FAILED, CANCELLED = JobState.FAILED, JobState.CANCELLED


def test_cancel_reaches_children_and_their_children(store: Store) -> None:
    parent, (waits, runs) = a_waiting_parent(store)
    a_claim(store, runs)
    grandchild = a_child(store, waits, 0)
    stranger = a_job(store)

    cancel(store, OWNER, parent.id)

    assert states(store, parent, waits, runs, grandchild) == [CANCELLED] * 4
    assert states(store, stranger) == [QUEUED]
    [attempt] = list_attempts(store, OWNER, runs.id)
    assert attempt.error == {"code": "cancelled", "message": "its owner cancelled it"}


def test_cancelling_many_counts_what_was_selected_and_reaches_its_children(store: Store) -> None:
    parent, children = a_waiting_parent(store)

    changes = cancel_many(store, OWNER, Selection(pipeline=parent.pipeline))

    assert changes.jobs == 1
    assert states(store, parent, *children) == [CANCELLED] * 3


def test_a_parent_that_is_poisoned_leaves_nothing_running(timed: Store, clock: HandClock) -> None:
    last_chance = with_settings(timed, max_attempts=1)
    parent = an_asking_job(timed)
    a_claim(timed, parent)
    waits, runs = a_child(timed, parent, 0), a_child(timed, parent, 1)
    clock.forward(timed.settings.lease_s + 1)
    claimed = a_claim(timed, runs)

    rescue_lapsed(last_chance)

    assert states(timed, parent, waits, runs) == [FAILED, CANCELLED, CANCELLED]
    with pytest.raises(LeaseLost):
        succeed(timed, claimed)


def test_a_parent_that_is_rescued_keeps_its_children(timed: Store, clock: HandClock) -> None:
    parent = an_asking_job(timed)
    a_claim(timed, parent)
    child = a_child(timed, parent, 0)
    clock.forward(timed.settings.lease_s + 1)

    rescue_lapsed(timed)

    assert states(timed, parent, child) == [QUEUED, QUEUED]


def test_retrying_a_failed_parent_does_again_what_did_not_succeed(store: Store) -> None:
    parent, (well, badly) = a_waiting_parent(store)
    succeed(store, a_claim(store, well))
    fail(store, a_claim(store, badly))
    fail(store, a_claim(store, parent))

    retry(store, OWNER, parent.id)

    assert states(store, parent, well, badly) == [QUEUED, SUCCEEDED, QUEUED]


def test_retrying_a_parent_that_succeeded_begins_all_of_it_anew(store: Store) -> None:
    parent, children = a_waiting_parent(store)
    for child in children:
        succeed(store, a_claim(store, child))
    succeed(store, a_claim(store, parent))

    retry(store, OWNER, parent.id)

    assert states(store, parent, *children) == [QUEUED] * 3
    assert a_claim(store, children[0]).row.fresh


def test_a_deleted_parent_takes_along_all_that_belongs_to_it(store: Store) -> None:
    parent, children = a_waiting_parent(store)
    for child in children:
        succeed(store, a_claim(store, child))
    succeed(store, a_claim(store, parent))
    follower = submit(store, Submission(OWNER, COUNTING, {}, parent_id=children[0].id, child=-1))
    claimed = a_claim(store, follower)

    delete_job(store, OWNER, parent.id)

    for job in (parent, *children, follower):
        with pytest.raises(UnknownJob):
            get_job(store, OWNER, job.id)
        assert story(store, job)[-1] == "job.deleted"
    with pytest.raises(LeaseLost):
        succeed(store, claimed)


def test_a_parent_that_waits_is_not_deleted(store: Store) -> None:
    parent, children = a_waiting_parent(store)

    with pytest.raises(JobNotFinished):
        delete_job(store, OWNER, parent.id)

    assert [job.id for job in children_of(store, parent)] == [job.id for job in children]
