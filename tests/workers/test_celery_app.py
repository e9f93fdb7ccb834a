import pytest
from support.work import COUNTING, OWNER, a_job

from pipelines.catalogue import Pipeline
from pipelines.contract import Lane, NoParams, Result, Run
from pipelines.errors import BadInput
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.store import Store
from workers.celery_app import JobFailed, create_app

pytestmark = pytest.mark.redis


def refuse(*_: object) -> Run:
    """Refuse."""
    raise BadInput("no")
    yield
    return Result({}, None)  # type: ignore[arg-type]  # never reached


REFUSING = Pipeline("test.refuse", "Refuse", Lane.CPU, ("*",), NoParams, refuse)


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
