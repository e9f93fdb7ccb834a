"""Accepting work: a job exists from the moment its transaction commits, and not before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from pipelines.catalogue import Pipeline
from pipelines.contract import Lane
from triptych.files import File, add_files, get_files
from triptych.ids import new_id
from triptych.jobs import news
from triptych.jobs.admission import admit, free_places
from triptych.jobs.job import Job
from triptych.jobs.places import places_of
from triptych.jobs.states import JobState, Priority
from triptych.jobs.tables import job_inputs, jobs
from triptych.store import Store
from triptych.wire import Ring

_INSERT = insert(jobs)
_INSERT_INPUTS = insert(job_inputs)


class IdempotencyMismatch(Exception):
    """The idempotency key was used before, for another request."""


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A client's key, and a hash of what was asked under it."""

    key: str
    request_hash: str


class WrongMedia(Exception):
    """A pipeline does not take this kind of file. ``number`` is the file's place among the inputs, from 0."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


@dataclass(frozen=True, slots=True)
class Submission:
    """A job to accept, with valid parameters; its inputs are the stored ``files``, by id, then the ``new_files``.

    The bytes of a new file are in the blob store or, by the file's id, in ``content``.
    """

    owner: str
    pipeline: Pipeline
    params: Mapping[str, Any]  # Any: JSON
    files: Sequence[str] = ()
    new_files: Sequence[File] = ()
    content: Mapping[str, bytes] = field(default_factory=dict)
    priority: Priority = Priority.INTERACTIVE
    idempotency: Idempotency | None = None
    id: str = field(default_factory=new_id)


def submit(store: Store, submission: Submission) -> Job:
    """Accept a job, ring for it when its lane has room, and return it.

    A repeated idempotency key returns the first job. Raises IdempotencyMismatch when it was for another request,
    files.UnknownFile for an input that is not the owner's, and WrongMedia for one that the pipeline does not take.
    """
    [job] = submit_all(store, [submission])
    return job


def check_media(pipeline: Pipeline, inputs: Sequence[File]) -> None:
    """Raise WrongMedia for the first of ``inputs`` that ``pipeline`` does not take."""
    for number, file in enumerate(inputs):
        if not pipeline.takes(file.media_type):
            accepts = ", ".join(pipeline.accepts)
            raise WrongMedia(number, f"{pipeline.name} takes {accepts}, not {file.media_type}")


def submit_all(store: Store, submissions: Sequence[Submission]) -> list[Job]:
    """Accept jobs in one transaction, all of them or none, and return them in the order of ``submissions``.

    Together they cost little more than one does. Raises as ``submit`` does, and sqlalchemy.exc.IntegrityError when two
    of them have the same idempotency key.
    """
    try:
        return _submit_all(store, submissions)
    except IntegrityError:
        if all(submission.idempotency is None for submission in submissions):
            raise
        return _submit_all(store, submissions)  # a repeat that ran at the same time has committed: this finds its job


def _submit_all(store: Store, submissions: Sequence[Submission]) -> list[Job]:
    now = store.clock()
    with store.database.write() as connection:
        earlier = [_earlier(connection, submission) for submission in submissions]
        fresh = [submission for submission, job in zip(submissions, earlier, strict=True) if job is None]
        inputs = _settle_files(connection, fresh)
        accepted = [_new_job(submission, files, now) for submission, files in zip(fresh, inputs, strict=True)]
        rings = _insert(connection, store, fresh, accepted, now)
        places = places_of(connection, accepted, now)
    store.wire.send(rings, [news.queued(job, now, places[job.id]) for job in accepted])
    told = iter([job.placed(places[job.id]) for job in accepted])
    return [next(told) if job is None else job for job in earlier]


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


def _settle_files(connection: Connection, submissions: Sequence[Submission]) -> list[list[File]]:
    """The inputs of each, once the rows of new files are there. Raises files.UnknownFile and WrongMedia."""
    new = [file for submission in submissions for file in submission.new_files]
    add_files(connection, new, {key: value for one in submissions for key, value in one.content.items()})
    ids: dict[str, dict[str, None]] = {}  # by owner, each once and in order
    for submission in submissions:
        ids.setdefault(submission.owner, {}).update(dict.fromkeys(submission.files))
    stored = {
        (owner, file.id): file for owner, own in ids.items() if own for file in get_files(connection, owner, list(own))
    }
    inputs = []
    for submission in submissions:
        files = [*(stored[submission.owner, file_id] for file_id in submission.files), *submission.new_files]
        check_media(submission.pipeline, files)
        inputs.append(files)
    return inputs


def _insert(
    connection: Connection, store: Store, submissions: Sequence[Submission], accepted: Sequence[Job], now: float
) -> list[Ring]:
    """Insert the jobs with their inputs, and return the rings to send: a lane with room for its jobs gets them all."""
    if not accepted:
        return []
    window = store.settings.window
    lanes = {lane: [job for job in accepted if job.lane == lane] for lane in Lane}
    at_once = {
        lane: len(of_lane) <= free_places(connection, lane, window) for lane, of_lane in lanes.items() if of_lane
    }
    connection.execute(
        _INSERT,
        [
            _row_of(job, submission.idempotency, rung_at=now if at_once[Lane(job.lane)] else None)
            for submission, job in zip(submissions, accepted, strict=True)
        ],
    )
    inputs = [
        {"job_id": job.id, "ordinal": n, "file_id": file.id} for job in accepted for n, file in enumerate(job.inputs)
    ]
    if inputs:
        connection.execute(_INSERT_INPUTS, inputs)
    rings: list[Ring] = []
    for lane, fits in at_once.items():
        own = [Ring(lane, job.pipeline, job.id) for job in lanes[lane]]
        rings += own if fits else admit(connection, lane, window, now)
    return rings


def _new_job(submission: Submission, inputs: Sequence[File], now: float) -> Job:
    return Job(
        id=submission.id,
        owner=submission.owner,
        pipeline=submission.pipeline.name,
        lane=submission.pipeline.lane,
        priority=submission.priority,
        params=dict(submission.params),
        state=JobState.QUEUED,
        attempt=0,
        created_at=now,
        queued_at=now,
        started_at=None,
        finished_at=None,
        fraction=None,
        note=None,
        result=None,
        engine=None,
        warnings=(),
        error=None,
        cached=False,
        inputs=tuple(inputs),
    )


def _row_of(job: Job, idempotency: Idempotency | None, rung_at: float | None) -> dict[str, Any]:  # Any: columns
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
        "created_at": job.created_at,
        "queued_at": job.queued_at,
        "rung_at": rung_at,
        "warnings": [],
        "cached": job.cached,
        "idempotency_key": idempotency.key if idempotency else None,
        "request_hash": idempotency.request_hash if idempotency else None,
    }
