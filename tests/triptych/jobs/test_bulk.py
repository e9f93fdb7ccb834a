"""What an owner does with many jobs at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from support.statements import statements_of
from support.stores import SHUT, admitted, ids_of, somebody_waits, waiting_jobs, with_settings
from support.until import until
from support.work import COUNTING, OWNER, a_claim, a_job, fail, story, succeed

from triptych.jobs.job import Job
from triptych.jobs.moves import make_move
from triptych.jobs.owner import cancel_many, retry_many
from triptych.jobs.reading import get_job
from triptych.jobs.selection import AT_A_TIME, Changes, Selection
from triptych.jobs.states import FINAL, JobState, Move
from triptych.store import Store
from triptych.wire import connect

OTHER = replace(COUNTING, name="test.other")
UNCLAIMED = (JobState.QUEUED, JobState.CANCELLED)


@pytest.fixture
def jobs(store: Store) -> dict[JobState, Job]:
    """A job in each state."""
    in_state = {state: a_job(store) for state in JobState}
    claims = {state: a_claim(store, job) for state, job in in_state.items() if state not in UNCLAIMED}
    succeed(store, claims[JobState.SUCCEEDED])
    fail(store, claims[JobState.FAILED])
    cancel_many(store, OWNER, Selection([in_state[JobState.CANCELLED].id]))
    return in_state


def states_of(store: Store, jobs: dict[JobState, Job]) -> dict[JobState, JobState]:
    return {before: get_job(store, job.owner, job.id).state for before, job in jobs.items()}


def test_only_jobs_that_are_not_finished_are_cancelled(store: Store, jobs: dict[JobState, Job]) -> None:
    changed = cancel_many(store, OWNER, Selection(ids_of(jobs.values())))

    assert changed.jobs == 2
    assert states_of(store, jobs) == {
        JobState.QUEUED: JobState.CANCELLED,
        JobState.RUNNING: JobState.CANCELLED,
        JobState.SUCCEEDED: JobState.SUCCEEDED,
        JobState.FAILED: JobState.FAILED,
        JobState.CANCELLED: JobState.CANCELLED,
    }


def test_only_finished_jobs_are_retried(store: Store, jobs: dict[JobState, Job]) -> None:
    changed = retry_many(store, OWNER, Selection(ids_of(jobs.values())))

    assert changed.jobs == 3
    assert states_of(store, jobs) == {state: JobState.QUEUED if state in FINAL else state for state in JobState}


@pytest.mark.parametrize("state", list(JobState))
def test_a_state_selects_the_jobs_in_it_and_no_others(store: Store, jobs: dict[JobState, Job], state: JobState) -> None:
    act, after = (retry_many, JobState.QUEUED) if state in FINAL else (cancel_many, JobState.CANCELLED)

    changed = act(store, OWNER, Selection(states=[state]))

    assert changed.jobs == 1
    assert states_of(store, jobs) == {one: after if one is state else one for one in JobState}


def test_states_that_the_act_does_not_leave_select_nothing(store: Store, jobs: dict[JobState, Job]) -> None:
    cancelled = cancel_many(store, OWNER, Selection(states=sorted(FINAL)))
    retried = retry_many(store, OWNER, Selection(states=[JobState.QUEUED, JobState.RUNNING]))

    assert (cancelled.jobs, retried.jobs) == (0, 0)
    assert states_of(store, jobs) == {state: state for state in JobState}


def test_a_pipeline_alone_selects_no_results_to_be_thrown_away(store: Store, jobs: dict[JobState, Job]) -> None:
    changed = retry_many(store, OWNER, Selection(pipeline="test.count"))

    assert changed == Changes(2)
    assert states_of(store, jobs)[JobState.SUCCEEDED] is JobState.SUCCEEDED


def test_a_pipeline_selects_its_jobs(store: Store) -> None:
    others = [a_job(store, pipeline=OTHER) for _ in range(2)]
    ours = a_job(store)

    changed = cancel_many(store, OWNER, Selection(pipeline="test.other"))

    assert changed.jobs == 2
    assert {get_job(store, OWNER, job.id).state for job in others} == {JobState.CANCELLED}
    assert get_job(store, OWNER, ours.id).state is JobState.QUEUED


def test_what_is_said_together_must_all_hold(store: Store, jobs: dict[JobState, Job]) -> None:
    queued, running = jobs[JobState.QUEUED], jobs[JobState.RUNNING]
    elsewhere = a_job(store, pipeline=OTHER)
    wanted = Selection([queued.id, running.id, elsewhere.id], [JobState.QUEUED], "test.count")

    changed = cancel_many(store, OWNER, wanted)

    assert changed.jobs == 1
    assert get_job(store, OWNER, queued.id).state is JobState.CANCELLED
    assert get_job(store, OWNER, elsewhere.id).state is JobState.QUEUED


@pytest.mark.parametrize("by_id", [True, False])
def test_somebody_elses_jobs_are_never_touched(store: Store, by_id: bool) -> None:
    theirs = a_job(store, owner="bob")
    failed = a_job(store, owner="bob")
    fail(store, a_claim(store, failed))
    selection = Selection([theirs.id, failed.id]) if by_id else Selection(states=list(JobState))

    changed = cancel_many(store, "ada", selection), retry_many(store, "ada", selection)

    assert [one.jobs for one in changed] == [0, 0]
    assert [get_job(store, "bob", job.id).state for job in (theirs, failed)] == [JobState.QUEUED, JobState.FAILED]


def test_each_job_that_was_changed_is_told_once(store: Store, jobs: dict[JobState, Job]) -> None:
    cancel_many(store, OWNER, Selection(states=[JobState.QUEUED, JobState.RUNNING]))
    retry_many(store, OWNER, Selection(states=[JobState.FAILED]))

    assert story(store, jobs[JobState.QUEUED]) == ["job.queued", "job.finished"]
    assert story(store, jobs[JobState.RUNNING]) == ["job.queued", "job.started", "job.finished"]
    assert story(store, jobs[JobState.FAILED]) == ["job.queued", "job.started", "job.finished", "job.queued"]
    assert story(store, jobs[JobState.SUCCEEDED]) == ["job.queued", "job.started", "job.finished"]


def test_retried_jobs_are_rung_for(store: Store) -> None:
    failed = [a_job(store) for _ in range(3)]
    for job in failed:
        fail(store, a_claim(store, job))
    connect(store.settings.redis).flushall()

    retry_many(store, OWNER, Selection(ids_of(failed)))

    assert store.wire.waiting(COUNTING.lane) == set(ids_of(failed))
    assert [a_claim(store, job).row.attempt for job in failed] == [2, 2, 2]


def test_cancelled_jobs_leave_their_places_to_others(store: Store) -> None:
    narrow = with_settings(store, window=2)
    rung = [a_job(narrow) for _ in range(2)]
    waiting = a_job(narrow)
    connect(store.settings.redis).flushall()

    cancel_many(narrow, OWNER, Selection(ids_of(rung)))

    assert store.wire.waiting(COUNTING.lane) == {waiting.id}


def test_a_thousand_are_changed_at_a_time_and_the_rest_the_next_time(store: Store) -> None:
    ids = sorted(ids_of(waiting_jobs(store, OWNER, AT_A_TIME + 1, COUNTING)))
    selection = Selection(states=[JobState.QUEUED, JobState.CANCELLED])

    cancelled = [cancel_many(store, OWNER, selection) for _ in range(3)]
    retried = retry_many(store, OWNER, selection)

    assert cancelled == [Changes(AT_A_TIME, next=ids[-2]), Changes(1), Changes(0)]
    assert retried == Changes(AT_A_TIME, next=ids[-2])


def test_jobs_up_to_the_one_that_was_last_are_not_changed_again(store: Store) -> None:
    ids = sorted(ids_of(waiting_jobs(store, OWNER, 3, COUNTING)))

    cancelled = cancel_many(store, OWNER, Selection(states=[JobState.QUEUED], after=ids[0]))

    assert cancelled == Changes(2)
    assert get_job(store, OWNER, ids[0]).state is JobState.QUEUED


def test_no_more_are_told_behind_the_last_of_a_full_thousand(store: Store) -> None:
    waiting_jobs(store, OWNER, AT_A_TIME, COUNTING)

    cancelled = cancel_many(store, OWNER, Selection(states=[JobState.QUEUED]))

    assert cancelled == Changes(AT_A_TIME)


@pytest.mark.parametrize("act", [cancel_many, retry_many])
def test_many_are_changed_by_as_many_statements_as_two(store: Store, act: Callable[..., Changes]) -> None:
    shut = with_settings(store, window=SHUT)
    jobs = waiting_jobs(store, OWNER, 42, COUNTING)
    if act is retry_many:
        cancel_many(shut, OWNER, Selection(ids_of(jobs)))

    of_two = statements_of(shut, lambda: act(shut, OWNER, Selection(ids_of(jobs[:2]))))
    of_many = statements_of(shut, lambda: act(shut, OWNER, Selection(ids_of(jobs[2:]))))

    assert len(of_many) == len(of_two)


def test_retried_jobs_wait_in_the_order_they_came_behind_those_that_wait(timed: Store) -> None:
    shut = with_settings(timed, window=SHUT)
    failed = waiting_jobs(timed, OWNER, 3, COUNTING)
    cancel_many(shut, OWNER, Selection(ids_of(failed)))
    [waiting] = waiting_jobs(timed, OWNER, 1, COUNTING)

    retry_many(shut, OWNER, Selection(states=[JobState.CANCELLED]))

    assert ids_of(admitted(timed)) == [waiting.id, *sorted(ids_of(failed))]


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_more_are_told_although_one_of_the_thousand_ended_meanwhile(store: Store) -> None:
    ids = sorted(ids_of(waiting_jobs(store, OWNER, AT_A_TIME + 1, COUNTING)))

    with ThreadPoolExecutor(1) as other, store.database.write() as connection:
        make_move(connection, Move.CANCEL, ids[0], {})
        asked = other.submit(cancel_many, store, OWNER, Selection(states=[JobState.QUEUED]))
        until(lambda: somebody_waits(store))

    assert asked.result() == Changes(AT_A_TIME - 1, next=ids[-2])
