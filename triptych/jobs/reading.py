"""Reading jobs: one, a page of them, their parts and outputs. Everything is scoped to its owner here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from pipelines.chat.reply import REPLY
from triptych.jobs.ends import reason_to_wait
from triptych.jobs.family import tally_of
from triptych.jobs.inputs import inputs_by_job, inputs_of
from triptych.jobs.job import Attempt, Job, StoredOutput, StoredPart
from triptych.jobs.owner import UnknownJob
from triptych.jobs.pauses import why_paused
from triptych.jobs.places import place_of
from triptych.jobs.states import JobState
from triptych.jobs.tables import IS_CHILD, attempts, jobs, outputs, parts
from triptych.store import Store

# Built once: building them takes longer than running them, and every job is read several times.
_OWNED = select(jobs).where(jobs.c.id == bindparam("job"), jobs.c.owner == bindparam("the_owner"))
_OUTPUTS = (
    select(outputs.c.name, outputs.c.media_type, outputs.c.size_bytes, outputs.c.sha256)
    .where(outputs.c.job_id == bindparam("job"), outputs.c.attempt == bindparam("the_attempt"))
    .order_by(outputs.c.ordinal)
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs to list: None means any. ``before`` is the id after which the next page starts, newest first.

    Those that other jobs asked for are listed by that ``parent`` alone; ``batch_id``: those of that batch. ``since`` is
    the least id that is listed.
    """

    state: JobState | None = None
    pipeline: str | None = None
    before: str | None = None
    parent: str | None = None
    batch_id: str | None = None
    since: str | None = None


def get_job(store: Store, owner: str, job_id: str) -> Job:
    """The job, with its place when it is queued. Raises UnknownJob."""
    with store.database.read() as connection:
        row = connection.execute(_OWNED, {"job": job_id, "the_owner": owner}).one_or_none()
        if row is None:
            raise UnknownJob(job_id)
        inputs = inputs_of(connection, job_id)
        made = connection.execute(_OUTPUTS, {"job": job_id, "the_attempt": row.attempt})
        kept = tuple(StoredOutput(*columns) for columns in made)
        place = place_of(connection, store, row, store.clock())
        children = tally_of(connection, job_id)
    return replace(Job.of(row, inputs, kept), place=place, children=children)


def why_waiting(store: Store, pipeline: str, note: str | None = None) -> str:
    """What a queued job of ``pipeline`` that tells this ``note`` waits for that is away; empty where nothing is."""
    with store.database.read() as connection:
        return reason_to_wait(note) or why_paused(connection, pipeline, store.clock())


def list_jobs(store: Store, owner: str, wanted: Filter, limit: int) -> list[Job]:
    """Up to ``limit`` jobs, newest first; queued ones are told without their place."""
    # The ids first: PostgreSQL would else walk the primary key past everybody's jobs to find a quiet owner's.
    page = _filtered(_listed(owner, wanted.parent), wanted).order_by(jobs.c.id.desc()).limit(limit)
    statement = select(jobs).where(jobs.c.id.in_(page))
    with store.database.read() as connection:
        rows = connection.execute(statement.order_by(jobs.c.id.desc())).all()
        ids = [row.id for row in rows]
        inputs, kept = inputs_by_job(connection, ids), _outputs_of(connection, ids)
    return [Job.of(row, inputs.get(row.id, ()), tuple(kept.get((row.id, row.attempt), ()))) for row in rows]


def jobs_by_id(connection: Connection, job_ids: Sequence[str]) -> dict[str, Job]:
    """Those of the jobs that are there, whosesoever they are, with their inputs and outputs, without their place."""
    rows = connection.execute(select(jobs).where(jobs.c.id.in_(job_ids))).all()
    inputs, kept = inputs_by_job(connection, job_ids), _outputs_of(connection, job_ids)
    return {row.id: Job.of(row, inputs.get(row.id, ()), tuple(kept.get((row.id, row.attempt), ()))) for row in rows}


def list_parts(store: Store, owner: str, job_id: str, after: int, limit: int) -> list[StoredPart]:
    """Up to ``limit`` parts of the current attempt numbered above ``after``. Raises UnknownJob."""
    with store.database.read() as connection:
        attempt = _attempt(connection, owner, job_id)
        rows = connection.execute(
            select(parts.c.seq, parts.c.kind, parts.c.body)
            .where(parts.c.job_id == job_id, parts.c.attempt == attempt, parts.c.seq > after)
            .order_by(parts.c.seq)
            .limit(limit)
        )
        return [StoredPart(*row) for row in rows]


def list_attempts(store: Store, owner: str, job_id: str) -> list[Attempt]:
    """Every attempt, the first one first. Raises UnknownJob."""
    with store.database.read() as connection:
        job = connection.execute(_OWNED, {"job": job_id, "the_owner": owner}).one_or_none()
        if job is None:
            raise UnknownJob(job_id)
        rows = connection.execute(select(attempts).where(attempts.c.job_id == job_id).order_by(attempts.c.attempt))
        return history(job, rows.all())


def history(job: Row[Any], ended: Sequence[Row[Any]]) -> list[Attempt]:
    """The job's attempts, of the rows that tell those that ``ended``, in order, and of its own.

    The job's own row tells the one that runs, and the one that succeeded.
    """
    told = [Attempt(row.attempt, row.worker, row.started_at, row.ended_at, row.error) for row in ended]
    is_told = job.attempt in (attempt.attempt for attempt in told)
    if is_told or job.state not in (JobState.RUNNING, JobState.SUCCEEDED):
        return told
    return [*told, Attempt(job.attempt, job.worker, job.started_at, job.finished_at, None)]


def _listed(owner: str, parent: str | None) -> Select[tuple[str]]:
    ids = select(jobs.c.id)
    if parent is None:
        return ids.where(jobs.c.owner == owner, jobs.c.parent_id.is_(None))
    # An expression, so that no index of the owner's jobs is taken, which leads past all of them.
    return ids.where(IS_CHILD, jobs.c.parent_id == parent, jobs.c.owner.concat("") == owner)


def _filtered(statement: Select[tuple[str]], wanted: Filter) -> Select[tuple[object, ...]]:
    if wanted.state is not None:
        statement = statement.where(jobs.c.state == wanted.state)
    if wanted.pipeline is not None:
        statement = statement.where(jobs.c.pipeline == wanted.pipeline)
    else:
        statement = statement.where(jobs.c.pipeline != REPLY)  # its conversation shows it
    if wanted.batch_id is not None:
        statement = statement.where(jobs.c.batch_id == wanted.batch_id)
    if wanted.before is not None:
        statement = statement.where(jobs.c.id < wanted.before)
    if wanted.since is not None:
        statement = statement.where(jobs.c.id >= wanted.since)
    return statement


def _attempt(connection: Connection, owner: str, job_id: str) -> int:
    attempt = connection.execute(select(jobs.c.attempt).where(jobs.c.id == job_id, jobs.c.owner == owner)).scalar()
    if attempt is None:
        raise UnknownJob(job_id)
    return int(attempt)


def _outputs_of(connection: Connection, job_ids: Sequence[str]) -> dict[tuple[str, int], list[StoredOutput]]:
    """Outputs by job and attempt: only those of the current attempt are the job's."""
    rows = connection.execute(select(outputs).where(outputs.c.job_id.in_(job_ids)).order_by(outputs.c.ordinal))
    found: dict[tuple[str, int], list[StoredOutput]] = {}
    for row in rows:
        output = StoredOutput(row.name, row.media_type, row.size_bytes, row.sha256)
        found.setdefault((row.job_id, row.attempt), []).append(output)
    return found
