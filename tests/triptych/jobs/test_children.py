"""Jobs that wait for others: woken by the last end, whatever it is."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from support.families import a_child, a_waiting_parent, an_asking_job, children_of, is_rung, states, wait
from support.stores import HandClock, admitted, with_settings
from support.until import until
from support.work import COUNTING, DONE, OWNER, a_claim, fail, hand_back, story, succeed

from pipelines.contract import Lane
from triptych.jobs import ending, ends
from triptych.jobs.job import Tally
from triptych.jobs.leases import Claim
from triptych.jobs.owner import cancel
from triptych.jobs.reading import Filter, get_job, list_attempts, list_jobs
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.sweep import rescue_lapsed, wake
from triptych.jobs.tables import jobs
from triptych.store import Store

pytestmark = pytest.mark.redis

QUEUED, SUCCEEDED = JobState.QUEUED, JobState.SUCCEEDED
FAILED, CANCELLED = JobState.FAILED, JobState.CANCELLED


def test_a_parent_waits_in_no_slot_and_tells_for_how_many(timed: Store, clock: HandClock) -> None:
    parent, _ = a_waiting_parent(timed)

    found = get_job(timed, OWNER, parent.id)
    assert (found.state, found.fraction, found.note) == (QUEUED, 0.0, "waiting for 2 jobs")
    assert found.not_before == clock() + 30
    assert found.children == Tally(2, 0)
    assert admitted(timed, Lane.NET) == []
    assert list_attempts(timed, OWNER, parent.id) == []


def test_a_parent_tells_how_many_of_its_children_have_ended(store: Store) -> None:
    parent, (first, _) = a_waiting_parent(store)

    succeed(store, a_claim(store, first))

    found = get_job(store, OWNER, parent.id)
    assert (found.fraction, found.note, found.children) == (0.5, "waiting for 1 job", Tally(2, 1))
    assert story(store, parent)[-1] == "job.progress"


def test_the_last_end_wakes_the_parent_and_rings_for_it(timed: Store, clock: HandClock) -> None:
    parent, (first, second) = a_waiting_parent(timed)
    succeed(timed, a_claim(timed, first))
    clock.forward(5)

    fail(timed, a_claim(timed, second))

    found = get_job(timed, OWNER, parent.id)
    assert (found.state, found.not_before, found.note) == (QUEUED, None, None)
    assert is_rung(timed, parent)
    assert a_claim(timed, parent).row.failures == 0
    assert story(timed, parent) == [
        *("job.queued", "job.started", "job.queued", "job.progress"),
        *("job.queued", "job.started"),
    ]


def test_a_parent_whose_children_ended_before_it_came_to_wait_is_rung_for_at_once(store: Store) -> None:
    parent = an_asking_job(store)
    claimed = a_claim(store, parent)
    succeed(store, a_claim(store, a_child(store, parent, 0)))

    wait(store, claimed)

    assert get_job(store, OWNER, parent.id).not_before is None
    assert is_rung(store, parent)


@pytest.mark.parametrize("how", ["times out", "is cancelled", "is poisoned"])
def test_a_child_wakes_its_parent_however_it_ends(timed: Store, clock: HandClock, how: str) -> None:
    last_chance = with_settings(timed, max_attempts=1)
    parent, [child] = a_waiting_parent(timed, children=1)
    claimed = a_claim(timed, child)

    if how == "times out":
        ending.end(timed, ends.timed_out(claimed.row, clock()))
    elif how == "is cancelled":
        cancel(timed, OWNER, child.id)
    else:
        clock.forward(timed.settings.lease_s + 1)
        rescue_lapsed(last_chance)

    assert states(timed, child)[0] in (FAILED, CANCELLED)
    assert get_job(timed, OWNER, parent.id).not_before is None


def test_a_child_that_is_to_be_tried_again_wakes_nobody(store: Store) -> None:
    parent, [child] = a_waiting_parent(store, children=1)

    hand_back(store, a_claim(store, child))

    assert get_job(store, OWNER, parent.id).not_before is not None


def test_what_follows_a_job_does_not_wake_it(store: Store) -> None:
    parent, _ = a_waiting_parent(store)
    follower = submit(store, Submission(OWNER, COUNTING, {}, parent_id=parent.id, child=-1))

    succeed(store, a_claim(store, follower))

    found = get_job(store, OWNER, parent.id)
    assert (found.note, found.children) == ("waiting for 2 jobs", Tally(2, 0))


def test_a_parent_that_nobody_woke_looks_for_itself_more_and_more_seldom(timed: Store, clock: HandClock) -> None:
    parent, _ = a_waiting_parent(timed)
    pauses = []
    for _ in range(7):
        found = get_job(timed, OWNER, parent.id)
        assert found.not_before is not None
        pauses.append(found.not_before - clock())
        clock.now = found.not_before
        wake(timed)
        wait(timed, a_claim(timed, parent))

    assert pauses == [30, 60, 120, 240, 480, 600, 600]


def test_children_are_listed_by_their_parent_alone(store: Store) -> None:
    parent, children = a_waiting_parent(store)

    everything = list_jobs(store, OWNER, Filter(), 100)

    assert [job.id for job in everything] == [parent.id]
    assert [job.id for job in children_of(store, parent)] == [job.id for job in children]


@pytest.mark.postgres
def test_of_two_children_that_end_at_once_the_second_wakes_their_parent(impatient: Store) -> None:
    parent, (first, second) = a_waiting_parent(impatient)
    claims = [a_claim(impatient, child) for child in (first, second)]

    with ThreadPoolExecutor(2) as others:
        with impatient.database.write() as connection:
            connection.execute(select(jobs.c.id).where(jobs.c.id == parent.id).with_for_update())
            ends_of = [others.submit(succeed, impatient, claimed) for claimed in claims]
            until(lambda: how_many_wait(impatient) == 2)
        for end_of in ends_of:
            end_of.result()

    assert states(impatient, first, second) == [SUCCEEDED, SUCCEEDED]
    assert get_job(impatient, OWNER, parent.id).not_before is None


@pytest.mark.postgres
def test_a_cancel_and_the_end_of_a_child_do_not_wait_for_one_another(impatient: Store) -> None:
    parent, [child] = a_waiting_parent(impatient, children=1)
    claimed = a_claim(impatient, child)

    with ThreadPoolExecutor(2) as others:
        with impatient.database.write() as connection:
            connection.execute(select(jobs.c.id).where(jobs.c.id == child.id).with_for_update())
            cancelled = others.submit(cancel, impatient, OWNER, child.id)
            until(lambda: how_many_wait(impatient) == 1)
            ended = others.submit(end_if_ours, impatient, claimed)
            until(lambda: how_many_wait(impatient) == 2)
        cancelled.result()
        ended.result()

    assert states(impatient, child) == [CANCELLED]
    assert get_job(impatient, OWNER, parent.id).not_before is None


def end_if_ours(store: Store, claimed: Claim) -> None:
    ending.end_all(store, [ends.succeeded(claimed.row, store.clock(), DONE)])


def how_many_wait(store: Store) -> int:
    with store.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one())
