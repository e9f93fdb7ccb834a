"""A batch from its manifest to its end: its lines become jobs, and its counts say where they stand."""

import pytest
from support.batching import a_batch, do_jobs, jobs_of, standing, tend, texts
from support.work import OWNER

from triptych.batches.reading import list_lines
from triptych.batches.states import BatchState, LineState
from triptych.jobs.states import Priority
from triptych.store import Store

pytestmark = pytest.mark.redis


def test_every_line_becomes_a_job_of_the_batch_class(store: Store) -> None:
    batch_id = a_batch(store, texts(3))

    tend(store)

    jobs = jobs_of(store, batch_id)
    assert [job.inputs[0].name for job in jobs] == [f"the quick brown fox number {n}.txt" for n in (1, 2, 3)]
    assert {(job.pipeline, job.priority, job.batch_id) for job in jobs} == {("text.keywords", Priority.BATCH, batch_id)}
    batch = standing(store, batch_id)
    assert (batch.state, batch.lines.total, batch.lines.queued) == (BatchState.RUNNING, 3, 3)


def test_batch_finishes_with_its_last_job(store: Store) -> None:
    batch_id = a_batch(store, texts(3))
    tend(store)

    do_jobs(store, batch_id, failing=["number 2"])
    tend(store)

    batch = standing(store, batch_id)
    assert batch.state is BatchState.FINISHED
    assert (batch.lines.succeeded, batch.lines.failed, batch.lines.left) == (2, 1, 0)


def test_nothing_runs_while_a_line_cannot_be_done(store: Store) -> None:
    batch_id = a_batch(store, [*texts(1), {"text": "x", "pipeline": "text.nonsense"}, *texts(1, begin=2)])

    tend(store)

    batch = standing(store, batch_id)
    assert (batch.state, batch.lines.total, batch.lines.invalid) == (BatchState.VALIDATED, 3, 1)
    assert jobs_of(store, batch_id) == []
    [line] = list_lines(store, OWNER, batch_id, LineState.INVALID, 0, 10)
    assert (line.number, line.error) == (
        2,
        {"code": "unknown_pipeline", "message": "there is no pipeline 'text.nonsense'"},
    )
