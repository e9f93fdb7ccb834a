"""Accepting work: a job exists from the moment its transaction commits, and not before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from pipelines.catalogue import Pipeline
from triptych.files import File, add_file, get_files
from triptych.ids import new_id
from triptych.jobs import news
from triptych.jobs.admission import admit, has_room
from triptych.jobs.job import Job
from triptych.jobs.places import place_of
from triptych.jobs.states import JobState, Priority
from triptych.jobs.tables import job_inputs, jobs
from triptych.store import Store
from triptych.wire import Ring

_INSERT = insert(jobs).returning(*jobs.c)
_INSERT_INPUTS = insert(job_inputs)


class IdempotencyMismatch(Exception):
    """The idempotency key was used before, for another request."""


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A client's key, and a hash of what was asked under it."""

    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A job to accept: parameters are valid, ``inputs`` are the owner's, ``new_files`` of them are not stored yet."""

    owner: str
    pipeline: Pipeline
    params: Mapping[str, Any]  # Any: JSON
    inputs: Sequence[File]
    new_files: Sequence[File] = ()
    priority: Priority = Priority.INTERACTIVE
    idempotency: Idempotency | None = None


def submit(store: Store, submission: Submission) -> Job:
    """Accept a job, ring for it when its lane has room, and return it.

    A repeated idempotency key returns the first job. Raises IdempotencyMismatch when it was for another request, and
    files.UnknownFile when an input has been removed meanwhile.
    """
    try:
        return _submit(store, submission)
    except IntegrityError:
        if submission.idempotency is None:
            raise
        return _submit(store, submission)  # a repeat that ran at the same time has committed: this finds its job


def _submit(store: Store, submission: Submission) -> Job:
    now = store.clock()
    with store.database.write() as connection:
        earlier = _earlier(connection, submission)
        if earlier is not None:
            return earlier
        for file in submission.new_files:
            add_file(connection, file)
        get_files(connection, submission.owner, [file.id for file in submission.inputs])
        row, rings = _insert(connection, store, submission, now)
        place = place_of(connection, row, now)
    store.wire.send(rings, [news.queued(row, now, place)])
    return Job.of(row, inputs=tuple(submission.inputs)).placed(place)


def _earlier(connection: Connection, submission: Submission) -> Job | None:
    if submission.idempotency is None:
        return None
    row = connection.execute(
        select(jobs).where(jobs.c.owner == submission.owner, jobs.c.idempotency_key == submission.idempotency.key)
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != submission.idempotency.request_hash:
        raise IdempotencyMismatch(submission.idempotency.key)
    return Job.of(row)


def _insert(connection: Connection, store: Store, submission: Submission, now: float) -> tuple[Row[Any], list[Ring]]:
    lane, window = submission.pipeline.lane, store.settings.window
    at_once = has_room(connection, lane, window)
    row = connection.execute(_INSERT, _new_row(submission, now, rung_at=now if at_once else None)).one()
    if submission.inputs:
        connection.execute(
            _INSERT_INPUTS,
            [{"job_id": row.id, "ordinal": n, "file_id": file.id} for n, file in enumerate(submission.inputs)],
        )
    return row, [Ring(lane, row.pipeline, row.id)] if at_once else admit(connection, lane, window, now)


def _new_row(submission: Submission, now: float, rung_at: float | None) -> dict[str, Any]:  # Any: columns
    idempotency = submission.idempotency
    return {
        "id": new_id(),
        "owner": submission.owner,
        "pipeline": submission.pipeline.name,
        "lane": submission.pipeline.lane,
        "priority": submission.priority.rank,
        "params": dict(submission.params),
        "state": JobState.QUEUED,
        "attempt": 0,
        "failures": 0,
        "created_at": now,
        "queued_at": now,
        "rung_at": rung_at,
        "warnings": [],
        "cached": False,
        "idempotency_key": idempotency.key if idempotency else None,
        "request_hash": idempotency.request_hash if idempotency else None,
    }
