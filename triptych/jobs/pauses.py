"""Pauses: a pipeline whose server is away waits, longer each time, and one job then tries whether it is back.

It is back as soon as that job has something of it, be it a refusal. The other pipelines of its lane go on. No job fails
for it, and none of its attempts is counted.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, TextClause, bindparam, delete, exists, or_, select, text, update

from pipelines.contract import Lane
from triptych.jobs.backoff import backoff_s
from triptych.jobs.tables import IS_DELAYED, IS_RUNG, IS_RUNNING, IS_WAITING, jobs, pauses
from triptych.locking import among

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0


def _has_job(*that: ColumnElement[bool] | TextClause) -> ColumnElement[bool]:
    return exists().where(jobs.c.lane == pauses.c.lane, jobs.c.pipeline == pauses.c.pipeline, *that)


_IS_WANTED = or_(*(_has_job(state) for state in (IS_WAITING, IS_DELAYED, IS_RUNG, IS_RUNNING)))
_IS_TRIED = or_(  # not by a run that began before the pause, which may take its time
    _has_job(IS_RUNNING, jobs.c.started_at >= pauses.c.until), _has_job(IS_RUNG, jobs.c.rung_at >= pauses.c.until)
)
_OF_LANE = select(pauses, _IS_TRIED.label("is_tried")).where(pauses.c.lane == bindparam("the_lane"))
_FORGET = delete(pauses).where(pauses.c.lane == bindparam("the_lane"), pauses.c.until <= bindparam("now"), ~_IS_WANTED)
# By one statement, so that of two who find it out at once the second waits for the first, and sees what it wrote.
_FOUND_AWAY = text(
    """
    INSERT INTO pauses (pipeline, lane, tries, until, reason) VALUES (:pipeline, :lane, 1, :now, :reason)
    ON CONFLICT (pipeline) DO UPDATE SET lane = excluded.lane, tries = pauses.tries + 1, reason = excluded.reason
    WHERE pauses.until <= excluded.until
    RETURNING tries
    """
)
_TAKEN_BACK = (
    select(jobs.c.id)
    .where(IS_RUNG, jobs.c.lane == bindparam("the_lane"), jobs.c.pipeline == bindparam("the_pipeline"))
    .with_for_update(skip_locked=True)  # one that is being claimed this moment finds out by itself
)
_UNRING = update(jobs).where(among(jobs.c.id, _TAKEN_BACK)).values(rung_at=None, share=None)
_HOLDS = select(pauses.c.reason).where(
    pauses.c.pipeline == bindparam("the_pipeline"), pauses.c.until > bindparam("now")
)

_DELAY = update(jobs).where(jobs.c.id == bindparam("the_id")).returning(*jobs.c)


@dataclass(frozen=True, slots=True)
class Pauses:
    """Of a lane's pipelines: those of which no job may start, and those of which one may."""

    held: frozenset[str] = frozenset()
    probed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pause:
    """A pipeline that waits for its server; ``until`` is when it is tried again, in seconds since the epoch."""

    pipeline: str
    lane: Lane
    until: float
    reason: str


def pauses_of(connection: Connection, lane: Lane, now: float) -> Pauses:
    """The lane's pauses as admission heeds them."""
    rows = connection.execute(_OF_LANE, {"the_lane": lane}).all()
    held = frozenset(row.pipeline for row in rows if row.until > now or row.is_tried)
    return Pauses(held, frozenset(row.pipeline for row in rows) - held)


def why_paused(connection: Connection, pipeline: str, now: float) -> str:
    """Why no job of ``pipeline`` may start now; empty where one may."""
    return str(connection.execute(_HOLDS, {"the_pipeline": pipeline, "now": now}).scalar() or "")


def list_pauses(connection: Connection) -> list[Pause]:
    """Every pause with which a job waits, or that one tries to end."""
    rows = connection.execute(select(pauses).where(_IS_WANTED).order_by(pauses.c.pipeline))
    return [Pause(row.pipeline, Lane(row.lane), row.until, row.reason) for row in rows]


def pause(
    connection: Connection, job: Row[Any], reason: str, now: float, random: Random, asked_s: float | None = None
) -> Row[Any]:
    """Have the job's pipeline wait, and take back what was rung for it. Runs that find the same out count once.

    ``asked_s`` is the server's own word on how long; it is kept to within the bounds of a pause. A job that finds the
    server away again, where it answered another since, waits for itself too, longer each time: it may be the only one.
    Returns the job's row as it is then.
    """
    found = {"pipeline": job.pipeline, "lane": job.lane, "reason": reason, "now": now}
    tries = connection.execute(_FOUND_AWAY, found).scalar()
    if tries is None:
        return job
    until = now + pause_s(tries, random, asked_s)
    connection.execute(update(pauses).where(pauses.c.pipeline == job.pipeline).values(until=until))
    connection.execute(_UNRING, {"the_lane": job.lane, "the_pipeline": job.pipeline})
    before = job.attempt - job.failures - 1  # tries that were not counted, for another reason too at times
    if tries > 1 or not before:
        return job
    delayed = _DELAY.values(not_before=now + pause_s(before, random))
    return connection.execute(delayed, {"the_id": job.id}).one()


def pause_s(tries: int, random: Random, asked_s: float | None = None) -> float:
    """How long a server that ``tries`` in a row found away is left alone; see ``pause``."""
    if asked_s is None:
        return backoff_s(tries, FIRST_PAUSE_S, LONGEST_PAUSE_S, random)
    return min(max(asked_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)


def forget(connection: Connection, lane: Lane, now: float) -> None:
    """Drop the lane's pauses that are over and with which nobody waits: who comes then finds out anew."""
    connection.execute(_FORGET, {"the_lane": lane, "now": now})


def is_probe(claimed: Row[Any]) -> bool:
    """Whether the run tries if a server is back; a row that was read again does not tell."""
    return bool(claimed._mapping.get("is_paused", False))


def resume(connection: Connection, probe: Row[Any]) -> None:
    """The server has answered the one that tried: let the pipeline's jobs go on, unless it was found away since."""
    over = pauses.c.until <= probe.started_at  # that pause, or the probe would not have been claimed
    connection.execute(delete(pauses).where(pauses.c.pipeline == probe.pipeline, over))
