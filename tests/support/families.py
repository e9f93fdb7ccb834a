"""Jobs that ask for others, for tests: a parent on the ``net`` lane whose children count on the ``cpu`` lane."""

from collections.abc import Sequence

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Result, Run, Source
from pipelines.house import Wanted
from support.work import COUNTING, OWNER
from triptych.jobs.job import Job
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store


def ask_for_two(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
    """Have two jobs count, and tell what came of them."""
    products = context.jobs.children([Wanted(COUNTING.name, {}), Wanted(COUNTING.name, {})])
    return Result({"made": [len(product.parts) for product in products]}, EngineUsed("family", "two"))
    yield


ASKING = Pipeline("test.ask", "Ask", Lane.NET, ("*",), NoParams, ask_for_two, max_sources=0, min_sources=0)


def an_asking_job(store: Store) -> Job:
    """A job that was accepted just now and will ask for two others."""
    return submit(store, Submission(OWNER, ASKING, {}))


def a_child(store: Store, parent: Job, number: int, pipeline: Pipeline = COUNTING) -> Job:
    """A job that another asked for just now."""
    return submit(store, Submission(parent.owner, pipeline, {}, parent_id=parent.id, child=number))


def children_of(store: Store, parent: Job) -> list[Job]:
    """The jobs that a job asked for, oldest first."""
    return list_jobs(store, OWNER, Filter(parent=parent.id), 100)[::-1]
