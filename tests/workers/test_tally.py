"""The ends of a message's jobs, written together: what the database refuses of one holds up no other."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.executing import run_all
from support.work import DONE, OWNER, a_job

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Run, Source
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.store import Store
from workers.tally import Outcome

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
