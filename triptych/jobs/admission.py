"""Admission: which waiting jobs stand in a lane's window in Redis (law 4)."""

import heapq
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, select, text, update

from pipelines.contract import Lane
from triptych.jobs.states import JobState, Priority
from triptych.jobs.tables import jobs
from triptych.wire import Ring

# Owners with a backlog, found by skipping from one to the next along the index: the cost is the number of owners,
# not of waiting jobs ("loose index scan", https://wiki.postgresql.org/wiki/Loose_indexscan).
_OWNERS_WAITING = text(
    """
    WITH RECURSIVE waiting(owner) AS (
        SELECT min(owner) FROM jobs
        WHERE state = 'queued' AND rung_at IS NULL AND lane = :lane AND priority = :priority
        UNION ALL
        SELECT (SELECT min(jobs.owner) FROM jobs
                WHERE state = 'queued' AND rung_at IS NULL AND lane = :lane AND priority = :priority
                  AND jobs.owner > waiting.owner)
        FROM waiting WHERE waiting.owner IS NOT NULL
    )
    SELECT owner FROM waiting WHERE owner IS NOT NULL
    """
)
_IS_WAITING = text("state = 'queued' AND rung_at IS NULL")  # in the words of the partial index, so that it is used
_IS_RUNG = text("state = 'queued' AND rung_at IS NOT NULL")
_WINDOW = select(
    select(func.count())
    .select_from(jobs)
    .where(_IS_RUNG, jobs.c.lane == bindparam("lane"))
    .scalar_subquery()
    .label("rung"),
    exists().where(_IS_WAITING, jobs.c.lane == bindparam("lane")).label("waited_for"),
)
_RUNG_BY_OWNER = (
    select(jobs.c.owner, func.count()).where(_IS_RUNG, jobs.c.lane == bindparam("lane")).group_by(jobs.c.owner)
)
_RUNNING_BY_OWNER = (
    select(jobs.c.owner, func.count())
    .where(text("state = 'running'"), jobs.c.lane == bindparam("lane"))
    .group_by(jobs.c.owner)
)
_OLDEST_OF_OWNER = (
    select(jobs.c.id, jobs.c.queued_at)
    .where(
        _IS_WAITING,
        jobs.c.lane == bindparam("lane"),
        jobs.c.priority == bindparam("priority"),
        jobs.c.owner == bindparam("owner"),
    )
    .order_by(jobs.c.queued_at)
    .limit(bindparam("most"))
)


def free_places(connection: Connection, lane: Lane, window: int) -> int:
    """How many new jobs may be rung at once: the window's free places, none while somebody waits for one."""
    found = connection.execute(_WINDOW, {"lane": lane}).one()
    return 0 if found.waited_for else window - int(found.rung)


def admit(connection: Connection, lane: Lane, window: int, now: float) -> list[Ring]:
    """Fill the lane's window from its backlog and return the rings to send after the commit.

    Interactive before batch, then the owner with least in flight, then age.
    """
    found = connection.execute(_WINDOW, {"lane": lane}).one()
    if not found.waited_for or found.rung >= window:
        return []
    chosen = _choose(connection, lane, window - found.rung)
    rung = connection.execute(
        update(jobs).where(jobs.c.id.in_(_free_of(chosen))).values(rung_at=now).returning(jobs.c.id, jobs.c.pipeline)
    )
    pipelines = {row.id: row.pipeline for row in rung}
    return [Ring(lane, pipelines[job_id], job_id) for job_id in chosen if job_id in pipelines]


def _free_of(chosen: Sequence[str]) -> Select[tuple[str]]:
    """Those that still wait, but for rows another transaction holds: two admissions never wait for one another."""
    waits = (jobs.c.id.in_(chosen), jobs.c.state == JobState.QUEUED, jobs.c.rung_at.is_(None))
    return select(jobs.c.id).where(*waits).with_for_update(skip_locked=True)


def _choose(connection: Connection, lane: Lane, free: int) -> list[str]:
    in_flight = _in_flight(connection, lane)
    chosen: list[str] = []
    for priority in Priority:
        if len(chosen) < free:
            chosen += _fair_turns(connection, lane, priority, in_flight, free - len(chosen))
    return chosen


def _in_flight(connection: Connection, lane: Lane) -> dict[str, int]:
    counts: dict[str, int] = {}
    for statement in (_RUNG_BY_OWNER, _RUNNING_BY_OWNER):
        for owner, count in connection.execute(statement, {"lane": lane}):
            counts[owner] = counts.get(owner, 0) + count
    return counts


def _fair_turns(
    connection: Connection, lane: Lane, priority: Priority, in_flight: dict[str, int], most: int
) -> list[str]:
    """Up to ``most`` job ids, each turn to the owner with least in flight; counts them into ``in_flight``."""
    where = {"lane": lane, "priority": priority.rank}
    queues: dict[str, list[Any]] = {}
    for owner in connection.execute(_OWNERS_WAITING, where).scalars():
        oldest = connection.execute(_OLDEST_OF_OWNER, {**where, "owner": owner, "most": most})
        queues[owner] = list(reversed(oldest.all()))
    turns = [(in_flight.get(owner, 0), rows[-1].queued_at, owner) for owner, rows in queues.items() if rows]
    heapq.heapify(turns)
    chosen: list[str] = []
    while turns and len(chosen) < most:
        count, _, owner = heapq.heappop(turns)
        rows = queues[owner]
        chosen.append(rows.pop().id)
        in_flight[owner] = count + 1
        if rows:
            heapq.heappush(turns, (count + 1, rows[-1].queued_at, owner))
    return chosen


def still_rung(connection: Connection, lane: Lane, before: float) -> Sequence[Ring]:
    """Jobs of the window that were rung before ``before`` and that nobody has claimed."""
    rows = connection.execute(
        select(jobs.c.id, jobs.c.pipeline).where(_IS_RUNG, jobs.c.lane == lane, jobs.c.rung_at < before)
    )
    return [Ring(lane, row.pipeline, row.id) for row in rows]
