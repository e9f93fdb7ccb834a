"""What a failure means for its job, and what its owner is told."""

import errno
from collections.abc import Callable, Sequence

import pytest
from support.executing import run_all
from support.work import COUNTING, OWNER, a_job

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, Lane, NoParams, Part, PartKind, Run, Source
from pipelines.errors import BadInput, DownloadAway, ServerAway, TransientFailure
from triptych.jobs.counts import lane_loads
from triptych.jobs.job import Job
from triptych.jobs.reading import get_job, list_parts
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store
from workers.tally import Outcome

pytestmark = pytest.mark.redis


def run(store: Store, job: Job, *pipelines: Pipeline) -> Outcome:
    [outcome] = run_all(store, [job], *pipelines)
    return outcome


def a_pipeline(function: Callable[[Sequence[Source], NoParams, Context], Run]) -> Pipeline:
    return Pipeline("test.special", "Special", Lane.CPU, ("*",), NoParams, function)


def test_bad_input_fails_the_job_with_the_pipelines_words(store: Store) -> None:
    def refuse(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        raise BadInput("there is no sound in it", code="no_audio")
        yield

    pipeline = a_pipeline(refuse)
    job = a_job(store, pipeline=pipeline)

    outcome = run(store, job, pipeline)

    assert outcome is Outcome.FAILED
    assert get_job(store, OWNER, job.id).error == {"code": "no_audio", "message": "there is no sound in it"}


@pytest.mark.parametrize(("error", "paused"), [(DownloadAway, set()), (ServerAway, {"test.special"})])
def test_what_cannot_be_fetched_holds_up_its_job_alone(store: Store, error: type[ServerAway], paused: set[str]) -> None:
    def lack(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        raise error("weights.example does not answer")
        yield

    pipeline = a_pipeline(lack)
    job = a_job(store, pipeline=pipeline)

    outcome = run(store, job, pipeline)

    assert outcome is Outcome.AGAIN
    assert {pause.pipeline for load in lane_loads(store) for pause in load.paused} == paused
    assert (get_job(store, OWNER, job.id).not_before is None) is bool(paused)


def test_a_broken_pipeline_fails_the_job_without_its_traceback(store: Store) -> None:
    def stumble(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        yield Part(PartKind.TOKEN, {"text": "so far"})
        raise ZeroDivisionError("secret detail")

    pipeline = a_pipeline(stumble)
    job = a_job(store, pipeline=pipeline)

    run(store, job, pipeline)

    told = get_job(store, OWNER, job.id)
    assert told.error is not None
    assert told.error["code"] == "internal"
    assert "secret detail" not in told.error["message"]
    assert [part.body["text"] for part in list_parts(store, OWNER, job.id, after=0, limit=10)] == ["so far"]


def test_a_job_of_a_forgotten_pipeline_fails_and_says_so(store: Store) -> None:
    forgotten = a_pipeline(lambda sources, params, context: iter(()))  # type: ignore[arg-type,return-value]  # never run
    job = a_job(store, pipeline=forgotten)

    run(store, job)

    told = get_job(store, OWNER, job.id)
    assert told.error is not None
    assert told.error["code"] == "unknown_pipeline"


def test_parameters_that_are_no_longer_valid_fail_the_job(store: Store) -> None:
    job = submit(store, Submission(OWNER, COUNTING, {"old": 1}))

    run(store, job)

    told = get_job(store, OWNER, job.id)
    assert told.error is not None
    assert told.error["code"] == "invalid_params"


def test_a_failure_that_may_pass_waits_for_another_attempt(store: Store) -> None:
    def lose_the_network(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        raise TransientFailure("the network went away")
        yield

    pipeline = a_pipeline(lose_the_network)
    job = a_job(store, pipeline=pipeline)

    outcome = run(store, job, pipeline)

    assert outcome is Outcome.AGAIN
    assert get_job(store, OWNER, job.id).state is JobState.QUEUED


def test_memory_that_ran_out_is_waited_for(store: Store) -> None:
    def fill(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        try:
            raise MemoryError
        except MemoryError as error:
            raise ValueError("no such picture can be made") from error
        yield

    pipeline = a_pipeline(fill)
    job = a_job(store, pipeline=pipeline)

    outcome = run(store, job, pipeline)

    assert outcome is Outcome.AGAIN
    told = get_job(store, OWNER, job.id)
    assert told.state is JobState.QUEUED
    assert told.error is None


def test_a_full_disk_is_told_as_such(store: Store) -> None:
    def fill(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        raise OSError(errno.ENOSPC, "No space left on device")
        yield

    pipeline = a_pipeline(fill)
    job = a_job(store, pipeline=pipeline)

    run(store, job, pipeline)

    told = get_job(store, OWNER, job.id)
    assert told.error is not None
    assert told.error["code"] == "no_disk"
