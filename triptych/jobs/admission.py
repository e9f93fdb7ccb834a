"""Admission: which waiting jobs stand in a lane's window in Redis (law 4).

The window is counted in messages. A message carries one job, or as many short jobs of one pipeline as take about
``MESSAGE_S`` together: then what a job costs beside its own work is shared.
"""

import heapq
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, exists, func, select, text, update

from pipelines.contract import Lane
from triptych.jobs.messages import Message, MessageBook
from triptych.jobs.pauses import Pauses, pauses_of
from triptych.jobs.queues import in_flight, owners_waiting
from triptych.jobs.states import JobState, Priority
from triptych.jobs.tables import jobs, pauses
from triptych.store import Store
from triptych.wire import Ring

PAGE = 32  # of an owner's oldest jobs, fetched as they are wanted
# In the words of the partial indexes, so that they are used.
_IS_WAITING = text("state = 'queued' AND rung_at IS NULL AND not_before IS NULL")
_IS_RUNG = text("state = 'queued' AND rung_at IS NOT NULL")
# Ordered, because PostgreSQL would else look for any row of the lane by reading the table from its beginning.
_SOMEBODY_WAITS = (
    select(jobs.c.priority)
    .where(_IS_WAITING, jobs.c.lane == bindparam("lane"))
    .order_by(jobs.c.lane, jobs.c.priority, jobs.c.owner, jobs.c.turn)
    .limit(1)
)
_WINDOW = select(
    select(func.coalesce(func.sum(jobs.c.share), 0.0))
    .where(_IS_RUNG, jobs.c.lane == bindparam("lane"))
    .scalar_subquery()
    .label("taken"),
    _SOMEBODY_WAITS.exists().label("waited_for"),
    exists().where(pauses.c.lane == bindparam("lane")).label("paused"),
)
_OLDEST_OF_OWNER = (
    select(jobs.c.id, jobs.c.pipeline, jobs.c.priority, jobs.c.batch, jobs.c.failures, jobs.c.queued_at)
    .where(
        _IS_WAITING,
        jobs.c.lane == bindparam("lane"),
        jobs.c.priority == bindparam("priority"),
        jobs.c.owner == bindparam("owner"),
        jobs.c.pipeline.not_in(bindparam("paused", expanding=True)),
    )
    .order_by(jobs.c.turn)
    .limit(bindparam("page"))
    .offset(bindparam("offset"))
)
_STILL_RUNG = select(jobs.c.id, jobs.c.pipeline, jobs.c.priority).where(
    _IS_RUNG, jobs.c.lane == bindparam("lane"), jobs.c.rung_at < bindparam("before")
)


def free_places(connection: Connection, lane: Lane, window: int) -> int:
    """How many new jobs may be rung at once: the window's free places, none while somebody waits for one."""
    found = connection.execute(_WINDOW, {"lane": lane}).one()
    return 0 if found.waited_for else window - _whole(found.taken)


def admit(connection: Connection, store: Store, lane: Lane, now: float) -> list[Ring]:
    """Fill the lane's window from its backlog and return the rings to send after the commit.

    Interactive before batch, then the owner with least in flight, then age. An owner that has as much in flight as its
    quota allows is passed over, and so is a pipeline whose server is away.
    """
    found = connection.execute(_WINDOW, {"lane": lane}).one()
    free = store.settings.window - _whole(found.taken)
    if not found.waited_for or free <= 0:
        return []
    paused = pauses_of(connection, lane, now) if found.paused else Pauses()
    book = MessageBook(free, paused.probed, lambda pipeline: _mean_run_s(connection, store, lane, pipeline, now))
    counts = in_flight(connection, lane)
    for priority in Priority:
        for row in _fair_turns(connection, store, lane, priority, counts, paused):
            if not book.take(row):
                break
    return [ring for message in book.messages if (ring := _ring(connection, lane, message, now)) is not None]


def still_rung(connection: Connection, lane: Lane, before: float) -> Sequence[Ring]:
    """Jobs of the window that were rung before ``before`` and that nobody has claimed, each with a ring of its own."""
    rows = connection.execute(_STILL_RUNG, {"lane": lane, "before": before})
    return [Ring(lane, row.pipeline, (row.id,), Priority.of(row.priority)) for row in rows]


def _mean_run_s(connection: Connection, store: Store, lane: Lane, pipeline: str, now: float) -> float | None:
    return store.paces.pace(connection, lane, pipeline, now).mean_run_s


def _whole(taken: float) -> int:
    """Shares such as a third do not add up to a whole place; what is left over takes one."""
    return -int(-(taken - 1e-6) // 1)


def _fair_turns(
    connection: Connection, store: Store, lane: Lane, priority: Priority, counts: dict[str, int], paused: Pauses
) -> Iterator[Row[Any]]:
    """Waiting jobs, each turn the oldest of the owner with least in flight; adds it to their ``counts``."""
    quota = store.settings.quota_in_flight or float("inf")
    queues = {
        owner: _oldest_of(connection, {"lane": lane, "priority": priority.rank, "owner": owner, "paused": paused.held})
        for owner in owners_waiting(connection, lane, priority)
    }
    heads = [(row, owner) for owner, queue in queues.items() if (row := next(queue, None)) is not None]
    turns = [(counts.get(owner, 0), row.queued_at, owner, row) for row, owner in heads]
    heapq.heapify(turns)
    while turns:
        count, _, owner, row = heapq.heappop(turns)
        if count >= quota:
            continue
        yield row
        counts[owner] = count + 1
        if (following := next(queues[owner], None)) is not None:
            heapq.heappush(turns, (count + 1, following.queued_at, owner, following))


def _oldest_of(connection: Connection, where: dict[str, Any]) -> Iterator[Row[Any]]:  # Any: what binds the statement
    offset = 0
    while True:
        page: list[Row[Any]] = list(connection.execute(_OLDEST_OF_OWNER, {**where, "page": PAGE, "offset": offset}))
        yield from page
        if len(page) < PAGE:
            return
        offset += PAGE


def _ring(connection: Connection, lane: Lane, message: Message, now: float) -> Ring | None:
    """Mark the message's jobs as rung; None when others have all of them."""
    values = {"ids": message.job_ids, "now": now, "share": 1 / len(message.job_ids)}
    rung = set(connection.execute(_MARK, values).scalars())
    ids = tuple(job_id for job_id in message.job_ids if job_id in rung)
    return Ring(lane, message.pipeline, ids, message.priority) if ids else None


def _marking() -> Update:
    """Those that still wait, but for rows another transaction holds: two admissions never wait for one another."""
    wanted = jobs.c.id.in_(bindparam("ids", expanding=True))
    free = select(jobs.c.id).where(wanted, jobs.c.state == JobState.QUEUED, jobs.c.rung_at.is_(None))
    marked = update(jobs).where(jobs.c.id.in_(free.with_for_update(skip_locked=True)))
    return marked.values(rung_at=bindparam("now"), share=bindparam("share")).returning(jobs.c.id)


_MARK = _marking()
