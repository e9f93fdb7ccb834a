"""The ends of a message's jobs, written together: what the database refuses of one holds up no other."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.executing import run_all
from support.stores import HandClock
from support.work import DONE, OWNER, a_job, a_text

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Run, Source
from pipelines.errors import BadInput
from triptych.jobs.job import Job
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store
from workers.tally import TELL_AFTER_S, Outcome

pytestmark = pytest.mark.redis

UNSTORABLE = "a lone surrogate, \ud800, which no database holds"


def naming_engines(names: Sequence[str]) -> Pipeline:
    """A pipeline whose results name an engine each, in this order."""
    turns = iter(names)

    def function(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        yield from ()
        return replace(DONE, engine=EngineUsed(next(turns), "wooden", "1"))

    return Pipeline("test.engines", "Engines", Lane.CPU, ("*",), NoParams, function, batch=64)


def test_an_end_that_the_database_refuses_holds_up_no_other(store: Store) -> None:
    pipeline = naming_engines(["abacus", UNSTORABLE, "slide rule"])
    jobs = [a_job(store, pipeline=pipeline) for _ in range(3)]

    outcomes = run_all(store, jobs, pipeline)

    told = [get_job(store, OWNER, job.id) for job in jobs]
    assert outcomes == [Outcome.SUCCEEDED, Outcome.FAILED, Outcome.SUCCEEDED]
    assert [job.state for job in told] == [JobState.SUCCEEDED, JobState.FAILED, JobState.SUCCEEDED]
    assert told[1].error is not None
    assert told[1].error["code"] == "internal"


def test_an_end_that_is_written_during_a_run_leaves_the_runs_files_alone(store: Store) -> None:
    clock, left = HandClock(), []

    def function(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        if sources[0].path.read_bytes() == b"bad":
            raise BadInput("it is bad")
        (context.workdir / "half-done").touch()
        clock.forward(2 * TELL_AFTER_S)
        context.check()
        left.append(sorted(path.name for path in context.workdir.iterdir()))
        yield from ()
        return DONE

    pipeline = Pipeline("test.half", "Half", Lane.CPU, ("*",), NoParams, function, batch=8)
    bad, good = (_of_text(store, pipeline, body) for body in (b"bad", b"good"))

    outcomes = run_all(store, [bad, good], pipeline, running_clock=clock)

    assert outcomes == [Outcome.FAILED, Outcome.SUCCEEDED]
    assert left == [sorted(["half-done", good.inputs[0].id])]


def _of_text(store: Store, pipeline: Pipeline, body: bytes) -> Job:
    file, content = a_text(store, body)
    return submit(store, Submission(OWNER, pipeline, {}, new_files=(file,), content=content))
