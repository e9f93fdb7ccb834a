"""Jobs that ask for others, for tests: a parent on the ``net`` lane whose children count on the ``cpu`` lane."""

from collections.abc import Sequence

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Result, Run, Source
from pipelines.house import Wanted
from support.work import COUNTING, OWNER, a_claim
from triptych.jobs import ending, ends
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim
from triptych.jobs.reading import Filter, get_job, list_jobs
from triptych.jobs.states import JobState
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


def wait(store: Store, claimed: Claim) -> None:
    """Have a run end that waits for its children."""
    ending.end(store, ends.awaiting(claimed.row, store.clock()))


def a_waiting_parent(store: Store, children: int = 2) -> tuple[Job, list[Job]]:
    """A parent that waits, and what it waits for."""
    parent = an_asking_job(store)
    claimed = a_claim(store, parent)
    asked_for = [a_child(store, parent, number) for number in range(children)]
    wait(store, claimed)
    return parent, asked_for


def states(store: Store, *jobs: Job) -> list[JobState]:
    """What the owner's jobs are by now."""
    return [get_job(store, OWNER, job.id).state for job in jobs]


def is_rung(store: Store, job: Job) -> bool:
    """Whether a worker is told of the job."""
    return job.id in store.wire.waiting(Lane(job.lane))
