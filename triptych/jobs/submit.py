"""Accepting work: a job exists from the moment its transaction commits, and not before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from pipelines.contract import Lane
from triptych.events.event import Event
from triptych.files import File, add_files, get_files
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.job import Job
from triptych.jobs.new_rows import new_job, row_of
from triptych.jobs.places import Queued, places_of
from triptych.jobs.queues import Turns
from triptych.jobs.quotas import check_quotas
from triptych.jobs.states import Priority
from triptych.jobs.submission import Idempotency, IdempotencyMismatch, Submission, check_media
from triptych.jobs.tables import job_inputs, jobs
from triptych.jobs.window import free_places
from triptych.rings import Ring
from triptych.store import Store

AT_A_TIME = 1000  # of a bulk: what is held in memory beside the jobs themselves

_INSERT = insert(jobs)
_INSERT_INPUTS = insert(job_inputs)


def submit(store: Store, submission: Submission) -> Job:
    """Accept a job, ring for it when its lane has room, and return it.

    A repeated idempotency key returns the first job. Raises IdempotencyMismatch when it was for another request,
    files.UnknownFile for an input that is not the owner's, WrongMedia for one that the pipeline does not take, and
    quotas.QuotaExceeded.
    """
    [job] = submit_all(store, [submission])
    return job


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


def submit_many(store: Store, submissions: Iterable[Submission]) -> int:
    """Accept any number of jobs in one transaction, all of them or none, and return how many are new.

    ``submissions`` are taken as they are needed. Raises as ``submit_all`` does.
    """
    remaining = iter(submissions)
    accepted: list[Job] = []
    rings: list[Ring] = []
    with store.database.write() as connection:
        while page := list(islice(remaining, AT_A_TIME)):
            done = accept_in(connection, store, page)
            accepted += done.fresh
            rings += done.rings
    for begin in range(0, len(accepted), AT_A_TIME):
        told = [news.queued(job, job.created_at, job.place) for job in accepted[begin : begin + AT_A_TIME]]
        store.wire.send(rings if begin == 0 else (), told)  # what is rung stands first
    return len(accepted)


def follow(
    connection: Connection,
    store: Store,
    submissions: Sequence[Submission],
    inputs: Sequence[Sequence[File]],
    now: float,
) -> tuple[list[Job], list[Ring]]:
    """Accept jobs that other jobs are followed by, each on its ``inputs``, which the owner has, within a transaction.

    No quota refuses them: what they follow was accepted. They are to be told, and rung for, after the commit.
    """
    accepted = [new_job(submission, files, now) for submission, files in zip(submissions, inputs, strict=True)]
    _, rings = _insert(connection, store, submissions, accepted, now)
    return accepted, rings


def _submit_all(store: Store, submissions: Sequence[Submission]) -> list[Job]:
    with store.database.write() as connection:
        done = accept_in(connection, store, submissions)
    store.wire.send(done.rings, done.news)
    fresh = iter(done.fresh)
    return [next(fresh) if job is None else job for job in done.earlier]


@dataclass(frozen=True, slots=True)
class Accepted:
    """``earlier``: for each submission the job that its key has already, else None; ``fresh``: the others' new jobs."""

    earlier: Sequence[Job | None]
    fresh: Sequence[Job]
    rings: Sequence[Ring]

    @property
    def news(self) -> list[Event]:
        """What is to be told of them, with the rings, after the commit."""
        return [news.queued(job, job.created_at, job.place) for job in self.fresh]


def accept_in(connection: Connection, store: Store, submissions: Sequence[Submission]) -> Accepted:
    """Accept jobs within a transaction. Raises as ``submit_all`` does."""
    now = store.clock()
    earlier = [earlier_job(connection, one.owner, one.idempotency) for one in submissions]
    fresh = [submission for submission, job in zip(submissions, earlier, strict=True) if job is None]
    check_quotas(connection, store.settings, fresh)
    inputs = _settle_files(connection, fresh)
    accepted = [new_job(submission, files, now) for submission, files in zip(fresh, inputs, strict=True)]
    queued, rings = _insert(connection, store, fresh, accepted, now)
    places = places_of(connection, store, queued, now)
    return Accepted(earlier, [job.placed(places[job.id]) for job in accepted], rings)


def earlier_job(connection: Connection, owner: str, asked: Idempotency | None) -> Job | None:
    """The owner's job of the same key, if there is one. Raises IdempotencyMismatch when it was for another request."""
    if asked is None:
        return None
    row = connection.execute(
        select(jobs).where(jobs.c.owner == owner, jobs.c.idempotency_key == asked.key)
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != asked.request_hash:
        raise IdempotencyMismatch(asked.key)
    return Job.of(row)


def _settle_files(connection: Connection, submissions: Sequence[Submission]) -> list[list[File]]:
    """The inputs of each, once the rows of new files are there. Raises files.UnknownFile and WrongMedia."""
    new = [file for submission in submissions for file in submission.new_files]
    add_files(connection, new, {key: value for one in submissions for key, value in one.content.items()})
    ids: dict[str, dict[str, None]] = {}  # by owner, each once and in order
    for submission in submissions:
        ids.setdefault(submission.owner, {}).update(dict.fromkeys(submission.files))
    stored = {
        (owner, file.id): file
        for owner, own in ids.items()
        if own
        for file in get_files(connection, owner, list(own), held=True)
    }
    inputs = []
    for submission in submissions:
        files = [*(stored[submission.owner, file_id] for file_id in submission.files), *submission.new_files]
        check_media(submission.pipeline, files)
        inputs.append(files)
    return inputs


def _insert(
    connection: Connection, store: Store, submissions: Sequence[Submission], accepted: Sequence[Job], now: float
) -> tuple[list[Queued], list[Ring]]:
    """Insert the jobs with their inputs; a lane with room for all of its jobs gets them rung at once, each alone."""
    if not accepted:
        return [], []
    lanes = {lane: sum(job.lane == lane for job in accepted) for lane in Lane}
    at_once = {lane: count <= free_places(connection, store, lane, now) for lane, count in lanes.items() if count}
    turns = Turns(connection)
    queued = [
        Queued(job.id, job.owner, job.pipeline, job.lane, job.priority.rank, now, 0)
        if at_once[Lane(job.lane)]
        else Queued(
            job.id,
            job.owner,
            job.pipeline,
            job.lane,
            job.priority.rank,
            float("inf"),
            turns.next(job.lane, job.priority.rank, job.owner),
        )
        for job in accepted
    ]
    remember = store.settings.remember
    connection.execute(
        _INSERT,
        [row_of(*one, remember=remember) for one in zip(accepted, submissions, queued, strict=True)],
    )
    inputs = [
        {"job_id": job.id, "ordinal": n, "file_id": file.id} for job in accepted for n, file in enumerate(job.inputs)
    ]
    if inputs:
        connection.execute(_INSERT_INPUTS, inputs)
    rings = [
        Ring(Lane(one.lane), one.pipeline, (one.id,), Priority.of(one.rank)) for one in queued if one.rung_at == now
    ]
    for lane, fits in at_once.items():
        rings += [] if fits else admit(connection, store, lane, now)
    rung = {job_id for ring in rings for job_id in ring.job_ids}
    return [replace(one, rung_at=now) if one.id in rung else one for one in queued], rings
