"""Several jobs of one message: each ends by itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import pytest
from support.executing import run_all
from support.until import until
from support.work import COUNTING, DONE, OWNER, a_claim, a_job, story

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, Item, Lane, Made, NoParams, Output, Part, PartKind, Run, Source
from pipelines.errors import BadInput, Cancelled, PipelineError, ServerAway
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job, list_attempts, list_parts
from triptych.jobs.states import JobState
from triptych.store import Store
from workers.tally import Outcome

pytestmark = pytest.mark.redis

TOKEN = Part(PartKind.TOKEN, {"text": "one"})


def a_pipeline(function: Callable[[Sequence[Source], NoParams, Context], Run]) -> Pipeline:
    return Pipeline("test.short", "Short", Lane.CPU, ("*",), NoParams, function, batch=64)


def refuse_the_second() -> Callable[[Sequence[Source], NoParams, Context], Run]:
    turn = count(1)

    def function(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        yield TOKEN
        if next(turn) == 2:
            raise BadInput("the second one is bad")
        return DONE

    return function


def test_each_job_of_a_message_tells_its_own_story(store: Store) -> None:
    jobs = [a_job(store) for _ in range(3)]

    outcomes = run_all(store, jobs)

    assert outcomes == [Outcome.SUCCEEDED] * 3
    whole = ["job.queued", "job.started", *["job.part"] * 3, "job.finished"]
    assert [story(store, job) for job in jobs] == [whole] * 3


def test_a_job_that_fails_fails_alone(store: Store) -> None:
    pipeline = a_pipeline(refuse_the_second())
    jobs = [a_job(store, pipeline=pipeline) for _ in range(3)]

    run_all(store, jobs, pipeline)

    states = [get_job(store, OWNER, job.id).state for job in jobs]
    assert states == [JobState.SUCCEEDED, JobState.FAILED, JobState.SUCCEEDED]


def test_a_job_that_was_cancelled_before_its_turn_is_not_run(store: Store) -> None:
    ran: list[int] = []

    def cancel_the_next(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        ran.append(1)
        if len(ran) == 1:
            cancel(store, OWNER, jobs[1].id)
        yield TOKEN
        return DONE

    pipeline = a_pipeline(cancel_the_next)
    jobs = [a_job(store, pipeline=pipeline) for _ in range(2)]

    outcomes = run_all(store, jobs, pipeline)

    assert sorted(outcomes) == [Outcome.DROPPED, Outcome.SUCCEEDED]
    assert get_job(store, OWNER, jobs[1].id).state is JobState.CANCELLED
    assert list_parts(store, OWNER, jobs[1].id, after=0, limit=5) == []


def test_a_job_somebody_else_has_is_left_to_them(store: Store) -> None:
    jobs = [a_job(store) for _ in range(3)]
    a_claim(store, jobs[1], "worker-2")

    outcomes = run_all(store, jobs)

    assert outcomes == [Outcome.SUCCEEDED] * 2
    assert get_job(store, OWNER, jobs[1].id).state is JobState.RUNNING


def test_a_worker_that_is_told_to_go_hands_the_rest_of_its_message_back(store: Store) -> None:
    going: list[bool] = []

    def work(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        going.append(True)
        yield TOKEN
        return DONE

    pipeline = a_pipeline(work)
    jobs = [a_job(store, pipeline=pipeline) for _ in range(3)]

    run_all(store, jobs, pipeline, draining=lambda: bool(going))

    told = [get_job(store, OWNER, job.id) for job in jobs]
    assert [job.state for job in told] == [JobState.SUCCEEDED, JobState.QUEUED, JobState.QUEUED]
    assert a_claim(store, jobs[1]).row.failures == 0


def test_a_server_that_is_away_fails_none_of_them(store: Store) -> None:
    def ask(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        raise ServerAway("nobody answers at llm:8000")
        yield

    pipeline = a_pipeline(ask)
    jobs = [a_job(store, pipeline=pipeline) for _ in range(3)]

    outcomes = run_all(store, jobs, pipeline)

    assert outcomes == [Outcome.AGAIN] * 3
    assert {get_job(store, OWNER, job.id).state for job in jobs} == {JobState.QUEUED}


def together(outcomes: Callable[[Sequence[Item]], Sequence[Made | PipelineError]]) -> Pipeline:
    """A pipeline that does several at once, and counts to three when it does one alone."""
    return replace(COUNTING, name="test.together", batch=64, run_many=outcomes)


def test_jobs_done_at_once_end_one_by_one(store: Store) -> None:
    def at_once(items: Sequence[Item]) -> Sequence[Made | PipelineError]:
        bad = BadInput("no text in it", code="no_text")
        return [bad if number == 1 else Made([TOKEN], DONE) for number, _ in enumerate(items)]

    pipeline = together(at_once)
    jobs = [a_job(store, pipeline=pipeline) for _ in range(3)]

    run_all(store, jobs, pipeline)

    told = [get_job(store, OWNER, job.id) for job in jobs]
    assert [job.state for job in told] == [JobState.SUCCEEDED, JobState.FAILED, JobState.SUCCEEDED]
    assert told[1].error == {"code": "no_text", "message": "no text in it"}
    assert [len(list_parts(store, OWNER, job.id, after=0, limit=5)) for job in jobs] == [1, 0, 1]


def test_jobs_done_at_once_keep_files_of_their_own(store: Store) -> None:
    def at_once(items: Sequence[Item]) -> Sequence[Made | PipelineError]:
        made = []
        for number, item in enumerate(items):
            path = item.context.workdir / "answer"
            path.write_text(str(number))
            made.append(Made([Output("answer.txt", "text/plain", path)], DONE))
        return made

    pipeline = together(at_once)
    jobs = [a_job(store, pipeline=pipeline) for _ in range(2)]

    run_all(store, jobs, pipeline)

    kept = [get_job(store, OWNER, job.id).outputs[0] for job in jobs]
    assert [store.blobs.path(output.sha256).read_text() for output in kept] == ["0", "1"]


def test_what_fails_as_a_whole_is_done_one_by_one(store: Store) -> None:
    def stumble(items: Sequence[Item]) -> Sequence[Made | PipelineError]:
        raise RuntimeError("out of memory")

    pipeline = together(stumble)
    jobs = [a_job(store, pipeline=pipeline) for _ in range(3)]

    outcomes = run_all(store, jobs, pipeline)

    assert outcomes == [Outcome.SUCCEEDED] * 3
    assert [len(list_parts(store, OWNER, job.id, after=0, limit=5)) for job in jobs] == [3, 3, 3]


def test_a_cancel_of_any_job_is_heard_by_those_that_are_done_at_once(store: Store) -> None:
    heard: list[bool] = []

    def wait_for_it(items: Sequence[Item]) -> Sequence[Made | PipelineError]:
        cancel(store, OWNER, jobs[1].id)
        try:
            until(lambda: items[0].context.check(), longest_s=5)
        except Cancelled:
            heard.append(True)
            raise
        return []

    pipeline = together(wait_for_it)
    jobs = [a_job(store, pipeline=pipeline) for _ in range(3)]

    run_all(store, jobs, pipeline)

    states = [get_job(store, OWNER, job.id).state for job in jobs]
    assert heard == [True]
    assert states == [JobState.SUCCEEDED, JobState.CANCELLED, JobState.SUCCEEDED]
    assert list_parts(store, OWNER, jobs[1].id, after=0, limit=5) == []


def test_the_time_a_job_waited_in_its_message_is_no_part_of_its_run(store: Store) -> None:
    now = [1000.0]

    def take_ten_seconds(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        now[0] += 10
        yield from ()
        return DONE

    slow = replace(store, clock=lambda: now[0])
    pipeline = a_pipeline(take_ten_seconds)
    jobs = [a_job(slow, pipeline=pipeline) for _ in range(3)]

    run_all(slow, jobs, pipeline)

    history = [list_attempts(store, OWNER, job.id)[0] for job in jobs]
    assert [one.started_at for one in history if one.ended_at] == [1000.0, 1010.0, 1020.0]
