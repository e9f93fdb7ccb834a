"""Jobs that are done and remembered in this process, and the process that answers questions, as a thread of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from sqlalchemy import select

from pipelines.catalogue import Pipeline, catalogue
from pipelines.engines.model_cache import BoundedModelCache
from support.executing import run_all
from support.until import until
from support.work import OWNER
from triptych.files import File
from triptych.jobs.job import Job
from triptych.jobs.reading import get_job
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.tables import jobs
from triptych.memory.questions import PRESENT
from triptych.store import Store
from workers.questions import run

MODELS = BoundedModelCache()  # of this test process, as a worker has one


def done(
    store: Store, pipeline: str | Pipeline, *files: File, params: Mapping[str, Any] | None = None, **asked: Any
) -> Job:
    """A job on new ``files`` that has run to its end; what follows it has not."""
    declared = catalogue()[pipeline] if isinstance(pipeline, str) else pipeline
    valid = declared.params.model_validate(params or {}).model_dump(mode="json")
    job = submit(store, Submission(OWNER, declared, valid, new_files=files, **asked))
    run_all(store, [job], declared, models=MODELS)
    return get_job(store, OWNER, job.id)


def indexed(store: Store, *followed: Job) -> list[Job]:
    """The jobs that remember these, run together to their ends."""
    theirs = select(jobs.c.id).where(jobs.c.parent_id.in_([job.id for job in followed])).order_by(jobs.c.id)
    with store.database.read() as connection:
        ids = list(connection.execute(theirs).scalars())
    waiting = [get_job(store, OWNER, job_id) for job_id in ids]
    run_all(store, waiting, catalogue()["memory.index"], models=MODELS)
    return [get_job(store, OWNER, job_id) for job_id in ids]


@contextmanager
def answered_questions(store: Store) -> Iterator[None]:
    """Have questions answered, by the models of the spaces that are there, for the block."""
    stopped = Event()
    answering = Thread(target=run, args=(store, MODELS, stopped))
    answering.start()
    try:
        until(lambda: store.wire.redis.get(PRESENT) is not None)
        yield
    finally:
        stopped.set()
        answering.join()
