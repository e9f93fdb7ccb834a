"""A job that is asked for as it is told, and as its row."""

from collections.abc import Sequence
from typing import Any

from triptych.files import File
from triptych.jobs.job import Job
from triptych.jobs.places import Queued
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission


def new_job(submission: Submission, inputs: Sequence[File], now: float) -> Job:
    """The job that ``submission`` asks for, on these inputs, waiting since ``now``."""
    return Job(
        id=submission.id,
        owner=submission.owner,
        pipeline=submission.pipeline.name,
        lane=submission.pipeline.lane,
        priority=submission.priority,
        params=dict(submission.params),
        state=JobState.QUEUED,
        attempt=0,
        time_limit_s=submission.time_limit_s or submission.pipeline.time_limit_s,
        created_at=now,
        queued_at=now,
        not_before=None,
        started_at=None,
        finished_at=None,
        fraction=None,
        note=None,
        result=None,
        engine=None,
        warnings=(),
        error=None,
        cached=False,
        parent_id=submission.parent_id,
        batch_id=submission.batch_id,
        inputs=tuple(inputs),
    )


def row_of(job: Job, submission: Submission, queued: Queued, *, remember: bool) -> dict[str, Any]:  # Any: columns
    """Its row. ``remember``: whether the house remembers anything."""
    is_rung = queued.rung_at != float("inf")
    return {
        "id": job.id,
        "owner": job.owner,
        "pipeline": job.pipeline,
        "lane": job.lane,
        "priority": job.priority.rank,
        "params": job.params,
        "state": job.state,
        "attempt": job.attempt,
        "failures": 0,
        "time_limit_s": job.time_limit_s,
        "batch": submission.pipeline.batch,
        "turn": queued.turn,
        "created_at": job.created_at,
        "queued_at": job.queued_at,
        "rung_at": queued.rung_at if is_rung else None,
        "share": 1.0 if is_rung else None,
        "warnings": [],
        "cached": job.cached,
        "fresh": submission.fresh,
        "parent_id": submission.parent_id,
        "child": submission.child,
        "batch_id": submission.batch_id,
        "batch_line": submission.batch_line,
        "remember": remember and submission.remember and submission.pipeline.makes_memories,
        "idempotency_key": submission.idempotency.key if submission.idempotency else None,
        "request_hash": submission.idempotency.request_hash if submission.idempotency else None,
    }
