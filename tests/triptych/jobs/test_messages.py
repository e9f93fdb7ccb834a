"""Messages of several short jobs: what a job costs beside its own work is shared, and nobody waits long for it."""

from dataclasses import replace

import pytest
from support.stores import HandClock, admitted, ids_of, waiting_jobs, with_settings
from support.work import COUNTING, a_claim, a_job, fail_in_passing, succeed

from pipelines.catalogue import Pipeline
from triptych.jobs.leases import Holder, claim_all
from triptych.jobs.owner import cancel
from triptych.jobs.states import Priority
from triptych.jobs.sweep import wake
from triptych.store import Store
from triptych.wire import connect

SHORT = replace(COUNTING, name="test.short", batch=8)
OTHER = replace(COUNTING, name="test.other", batch=8)


def known_to_take(store: Store, clock: HandClock, seconds: float, pipeline: Pipeline = SHORT) -> None:
    """Have one run of the pipeline behind us."""
    claimed = a_claim(store, a_job(store, pipeline=pipeline))
    clock.forward(seconds)
    succeed(store, claimed)
    connect(store.settings.redis).flushall()


def sizes(store: Store) -> list[int]:
    return [len(ring.job_ids) for ring in admitted(store)]


def test_short_jobs_share_a_message_in_their_order(timed: Store, clock: HandClock) -> None:
    known_to_take(timed, clock, 0.04)
    waiting = waiting_jobs(timed, "ada", 4, SHORT)

    [ring] = admitted(timed)

    assert list(ring.job_ids) == ids_of(waiting)


def test_jobs_of_a_pipeline_that_never_ran_stay_alone(timed: Store) -> None:
    waiting_jobs(timed, "ada", 3, SHORT)

    assert sizes(timed) == [1, 1, 1]


def test_a_message_holds_no_more_jobs_than_the_pipeline_takes_at_once(timed: Store, clock: HandClock) -> None:
    known_to_take(timed, clock, 0.001)
    waiting_jobs(timed, "ada", 20, SHORT)

    assert sizes(timed) == [8, 8, 4]


@pytest.mark.parametrize(("run_s", "together"), [(0.04, [6, 2]), (0.1, [2, 2, 2, 2]), (0.2, [1] * 8), (9.0, [1] * 8)])
def test_a_message_holds_no_more_than_a_quarter_of_a_second_of_work(
    timed: Store, clock: HandClock, run_s: float, together: list[int]
) -> None:
    known_to_take(timed, clock, run_s)
    waiting_jobs(timed, "ada", 8, SHORT)

    assert sizes(timed) == together


def test_jobs_of_a_pipeline_without_batches_never_share(timed: Store, clock: HandClock) -> None:
    known_to_take(timed, clock, 0.001, COUNTING)
    waiting_jobs(timed, "ada", 3, COUNTING)

    assert sizes(timed) == [1, 1, 1]


def test_a_job_that_failed_before_stays_alone(timed: Store, clock: HandClock) -> None:
    known_to_take(timed, clock, 0.001)
    failed = a_job(timed, pipeline=SHORT)
    fail_in_passing(timed, a_claim(timed, failed))
    others = waiting_jobs(timed, "ada", 4, SHORT)
    clock.forward(timed.settings.retry_s)
    wake(timed)

    messages = [ring.job_ids for ring in admitted(timed)]

    assert messages == [(failed.id,), tuple(ids_of(others))]


def test_the_window_counts_messages(timed: Store, clock: HandClock) -> None:
    known_to_take(timed, clock, 0.001)
    waiting_jobs(timed, "ada", 40, SHORT)
    narrow = with_settings(timed, window=2)

    first, second = sizes(narrow), sizes(narrow)

    assert (first, second) == ([8, 8], [])


@pytest.mark.parametrize("together", [3, 6, 7])
def test_a_claim_of_a_whole_message_frees_one_place(timed: Store, clock: HandClock, together: int) -> None:
    by_few = replace(SHORT, batch=together)
    known_to_take(timed, clock, 0.001, by_few)
    waiting = ids_of(waiting_jobs(timed, "ada", 4 * together, by_few))
    narrow = with_settings(timed, window=2)
    message, _ = admitted(narrow)
    connect(timed.settings.redis).flushall()

    claimed = claim_all(narrow, message.job_ids, Holder("worker-1"))

    assert [one.job.id for one in claimed] == waiting[:together]
    assert timed.wire.waiting(COUNTING.lane) == set(waiting[2 * together : 3 * together])
    assert admitted(narrow) == []


def test_a_message_of_which_a_job_was_cancelled_keeps_its_place(timed: Store, clock: HandClock) -> None:
    known_to_take(timed, clock, 0.001)
    waiting = waiting_jobs(timed, "ada", 16, SHORT)
    narrow = with_settings(timed, window=1)
    admitted(narrow)

    cancel(narrow, "ada", waiting[0].id)

    assert admitted(narrow) == []


def test_jobs_of_other_classes_and_pipelines_are_rung_for_apart(timed: Store, clock: HandClock) -> None:
    for pipeline in (SHORT, OTHER):
        known_to_take(timed, clock, 0.001, pipeline)
    queues = [(SHORT, Priority.INTERACTIVE), (OTHER, Priority.INTERACTIVE), (SHORT, Priority.BATCH)]
    waiting = {(one.name, priority): ids_of(waiting_jobs(timed, "ada", 2, one, priority)) for one, priority in queues}

    rings = admitted(timed)

    assert [(ring.pipeline, ring.priority) for ring in rings] == list(waiting)
    assert [ring.job_ids for ring in rings] == [tuple(ids) for ids in waiting.values()]


def test_jobs_of_several_owners_share_a_message_by_turns(timed: Store, clock: HandClock) -> None:
    known_to_take(timed, clock, 0.001)
    ada, bob = (ids_of(waiting_jobs(timed, owner, 8, SHORT)) for owner in ("ada", "bob"))

    [ring] = admitted(with_settings(timed, window=1))

    assert set(ring.job_ids) == {*ada[:4], *bob[:4]}
