import logging
from collections.abc import Iterator

import pytest
import structlog
from celery.contrib.testing.worker import start_worker
from support.until import until
from support.work import COUNTING, OWNER, a_job

from pipelines.catalogue import Pipeline
from pipelines.contract import Lane, NoParams, Result, Run
from pipelines.errors import BadInput
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.store import Store
from triptych.wire import connect
from workers.celery_app import JobFailed, create_app

pytestmark = pytest.mark.redis


def refuse(*_: object) -> Run:
    """Refuse."""
    raise BadInput("no")
    yield
    return Result({}, None)  # type: ignore[arg-type]  # never reached


REFUSING = Pipeline("test.refuse", "Refuse", Lane.CPU, ("*",), NoParams, refuse)


@pytest.fixture
def logs_as_they_were() -> Iterator[None]:
    """A worker sets the process's logs up for good; what it writes to is closed with its test."""
    handlers, level, configured = logging.root.handlers[:], logging.root.level, structlog.get_config()
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.configure(**configured)


def test_every_pipeline_is_a_task_that_runs_its_jobs(sqlite_store: Store) -> None:
    app = create_app(sqlite_store.settings, {COUNTING.name: COUNTING})
    job = a_job(sqlite_store)

    outcome = app.tasks[COUNTING.name](job.id)

    assert outcome == "succeeded"
    assert get_job(sqlite_store, OWNER, job.id).state is JobState.SUCCEEDED


def test_a_failed_job_is_a_failed_task(sqlite_store: Store) -> None:
    app = create_app(sqlite_store.settings, {REFUSING.name: REFUSING})
    job = a_job(sqlite_store, pipeline=REFUSING)

    with pytest.raises(JobFailed, match=job.id):
        app.tasks[REFUSING.name](job.id)

    assert get_job(sqlite_store, OWNER, job.id).state is JobState.FAILED


@pytest.mark.usefixtures("logs_as_they_were")
def test_a_ring_that_was_heard_is_neither_kept_in_redis_nor_acknowledged(sqlite_store: Store) -> None:
    app = create_app(sqlite_store.settings, {COUNTING.name: COUNTING})
    job, redis = a_job(sqlite_store), connect(sqlite_store.settings.redis)
    redis.config_resetstat()

    with start_worker(app, pool="solo", queues=[COUNTING.lane.value], perform_ping_check=False, shutdown_timeout=60):
        until(lambda: get_job(sqlite_store, OWNER, job.id).is_finished)

    assert get_job(sqlite_store, OWNER, job.id).state is JobState.SUCCEEDED
    on_the_hash_of_the_unacknowledged = {"cmdstat_hset", "cmdstat_hdel"}  # kombu's
    assert on_the_hash_of_the_unacknowledged.isdisjoint(redis.info("commandstats"))


def test_a_slot_s_process_is_replaced_by_its_memory_alone(sqlite_store: Store) -> None:
    """Replacing it after so many jobs held up the next ring for five seconds, about once in four thousand."""
    app = create_app(sqlite_store.settings, {COUNTING.name: COUNTING})

    kib = app.conf.worker_max_memory_per_child

    assert kib * 1024 == sqlite_store.settings.child_bytes
    assert app.conf.worker_max_tasks_per_child is None
