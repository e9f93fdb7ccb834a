"""Runs that ask for other jobs, through the executor: none holds a slot while it waits, and each asks once."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import time

import pytest
from support.executing import run_all
from support.families import ASKING, an_asking_job, children_of
from support.lanes import work_off
from support.work import COUNTING, OWNER, a_claim, a_file, story

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, Lane, NoParams, Run, Source
from pipelines.errors import BadInput
from pipelines.house import AwaitsChildren, Product, Wanted
from triptych.jobs.job import Job
from triptych.jobs.owner import cancel, retry
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState, Priority
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.sweep import rescue_lapsed
from triptych.store import Store
from workers.ports.jobs import JobsOfOwner
from workers.tally import Outcome

pytestmark = pytest.mark.redis

SUCCEEDED, CANCELLED = JobState.SUCCEEDED, JobState.CANCELLED


def run(store: Store, job: Job) -> Outcome:
    [outcome] = run_all(store, [job], ASKING)
    return outcome


@pytest.mark.parametrize("slots", [1, 8])
def test_parents_that_fill_every_slot_of_their_lane_all_finish(store: Store, slots: int) -> None:
    parents = [an_asking_job(store) for _ in range(8)]

    work_off(store, {Lane.NET: slots, Lane.CPU: 2}, ASKING, COUNTING)

    found = [get_job(store, OWNER, parent.id) for parent in parents]
    assert [(job.state, job.result) for job in found] == [(SUCCEEDED, {"made": [3, 3]})] * 8
    assert [job.attempt for job in found] == [2] * 8


def test_parents_finish_on_the_one_slot_that_their_children_need_too(store: Store) -> None:
    on_cpu = replace(ASKING, lane=Lane.CPU)
    parents = [submit(store, Submission(OWNER, on_cpu, {})) for _ in range(3)]

    work_off(store, {Lane.CPU: 1}, on_cpu, COUNTING)

    assert {get_job(store, OWNER, parent.id).state for parent in parents} == {SUCCEEDED}


def test_waiting_is_no_failure_and_no_part_of_the_history(store: Store) -> None:
    parent = an_asking_job(store)

    outcome = run(store, parent)
    work_off(store, {Lane.NET: 1, Lane.CPU: 1}, ASKING, COUNTING)

    assert outcome is Outcome.AGAIN
    [only] = list_attempts(store, OWNER, parent.id)
    assert (only.attempt, only.error) == (2, None)
    assert story(store, parent) == [
        *("job.queued", "job.started", "job.queued", "job.progress"),
        *("job.queued", "job.started", "job.finished"),
    ]


def test_a_run_that_is_begun_anew_asks_for_nothing_twice(store: Store) -> None:
    parent = an_asking_job(store)
    run(store, parent)
    first = [job.id for job in children_of(store, parent)]
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET not_before = NULL")

    run(store, parent)

    assert len(first) == 2
    assert [job.id for job in children_of(store, parent)] == first


def test_a_parent_whose_worker_died_finds_what_it_had_asked_for(store: Store, tmp_path: Path) -> None:
    parent = an_asking_job(store)
    claimed = a_claim(store, parent, worker="worker-that-dies")
    jobs = JobsOfOwner(store, claimed, {one.name: one for one in (ASKING, COUNTING)}, tmp_path)
    with pytest.raises(AwaitsChildren):
        jobs.children([Wanted(COUNTING.name, {})] * 2)
    first = [job.id for job in children_of(store, parent)]

    rescue_lapsed(replace(store, clock=lambda: time() + store.settings.lease_s + 1))
    work_off(store, {Lane.NET: 1, Lane.CPU: 1}, ASKING, COUNTING)

    done = get_job(store, OWNER, parent.id)
    assert (done.state, done.result) == (SUCCEEDED, {"made": [3, 3]})
    assert [job.id for job in children_of(store, parent)] == first
    assert [attempt.error and attempt.error["code"] for attempt in list_attempts(store, OWNER, parent.id)] == [
        "worker_died",
        None,
    ]


def test_children_work_on_their_parents_files_in_its_name(store: Store) -> None:
    seen: list[list[str]] = []

    def look(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        seen.append([source.path.read_text() for source in sources])
        return (yield from COUNTING.function(sources, params, context))

    def ask(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        context.jobs.children([Wanted("test.look", {}, [1]), Wanted("test.look", {}, [2, 0])])
        return (yield from COUNTING.function(sources, params, context))

    looking = Pipeline("test.look", "Look", Lane.CPU, ("*",), NoParams, look, max_sources=2)
    asking = Pipeline("test.ask", "Ask", Lane.NET, ("*",), NoParams, ask, max_sources=3)
    files = [a_file(store, content) for content in (b"a", b"b", b"c")]
    wanted = Submission(OWNER, asking, {}, new_files=files, priority=Priority.BATCH, remember=False)
    parent = submit(store, wanted)

    work_off(store, {Lane.NET: 1, Lane.CPU: 1}, asking, looking)

    assert sorted(seen) == [["b"], ["c", "a"]]
    children = children_of(store, parent)
    assert [(job.owner, job.priority, job.time_limit_s) for job in children] == [(OWNER, Priority.BATCH, 3600)] * 2


def test_a_run_is_told_how_each_child_ended(store: Store) -> None:
    told: list[Product] = []

    def refuse(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        raise BadInput("there is nothing in it", code="no_text")
        yield

    def ask(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        told.extend(context.jobs.children([Wanted("test.refuse", {}), Wanted(COUNTING.name, {})]))
        return (yield from COUNTING.function(sources, params, context))

    refusing = Pipeline("test.refuse", "Refuse", Lane.CPU, ("*",), NoParams, refuse)
    asking = Pipeline("test.ask", "Ask", Lane.NET, ("*",), NoParams, ask)
    submit(store, Submission(OWNER, asking, {}))

    work_off(store, {Lane.NET: 1, Lane.CPU: 1}, asking, refusing, COUNTING)

    failed, counted = told
    assert (failed.state, failed.error) == ("failed", {"code": "no_text", "message": "there is nothing in it"})
    assert [part.body["text"] for part in counted.parts] == ["1", "2", "3"]
    assert (counted.result, counted.engine["name"]) == ({"answer": 42}, "abacus")


def test_a_cancel_in_the_middle_frees_everything(store: Store) -> None:
    parent = an_asking_job(store)
    run(store, parent)

    cancel(store, OWNER, parent.id)
    work_off(store, {Lane.NET: 1, Lane.CPU: 1}, ASKING, COUNTING)

    assert get_job(store, OWNER, parent.id).state is CANCELLED
    assert {job.state for job in children_of(store, parent)} == {CANCELLED}


def test_a_run_that_was_cancelled_can_ask_for_nothing_more(store: Store) -> None:
    def ask_too_late(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        cancel(store, OWNER, parent.id)
        context.jobs.children([Wanted(COUNTING.name, {})])
        raise AssertionError("it was cancelled")
        yield

    parent = an_asking_job(store)

    [outcome] = run_all(store, [parent], replace(ASKING, function=ask_too_late))

    assert outcome is Outcome.DROPPED
    assert children_of(store, parent) == []


def test_a_retried_parent_uses_what_its_children_made_before(store: Store) -> None:
    parent = an_asking_job(store)
    run(store, parent)
    cancel(store, OWNER, children_of(store, parent)[1].id)
    work_off(store, {Lane.CPU: 1}, COUNTING)
    cancel(store, OWNER, parent.id)

    retry(store, OWNER, parent.id)
    work_off(store, {Lane.NET: 1, Lane.CPU: 1}, ASKING, COUNTING)

    assert get_job(store, OWNER, parent.id).result == {"made": [3, 3]}
    assert [job.attempt for job in children_of(store, parent)] == [1, 1]


def test_a_served_child_wakes_its_parent(store: Store) -> None:
    counted = replace(COUNTING, made_by=lambda _params, _surroundings: "abacus")
    parents = [an_asking_job(store), an_asking_job(store)]

    work_off(store, {Lane.NET: 2, Lane.CPU: 1}, ASKING, counted)

    assert [get_job(store, OWNER, job.id).state for job in parents] == [SUCCEEDED, SUCCEEDED]
    assert sum(job.cached for parent in parents for job in children_of(store, parent)) == 3
