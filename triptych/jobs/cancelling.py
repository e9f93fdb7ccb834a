"""Cancelling jobs whose rows are locked: their owner does not want them, or the job that asked for them ended."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert

from triptych.chat.settling import settle_replies
from triptych.events.event import Event
from triptych.jobs import news
from triptych.jobs.family import below
from triptych.jobs.moves import move_locked
from triptych.jobs.selection import locked
from triptych.jobs.states import FINAL, JobState, Move
from triptych.jobs.tables import attempts

UNFINISHED = frozenset(JobState) - FINAL
NOT_WANTED: Mapping[str, str] = {"code": "cancelled", "message": "its owner cancelled it"}
ORPHANED: Mapping[str, str] = {"code": "cancelled", "message": "the job that asked for it ended without it"}


def cancel_rows(
    connection: Connection, rows: Sequence[Row[Any]], now: float, why: Mapping[str, str] = NOT_WANTED
) -> Sequence[Row[Any]]:
    """Cancel the jobs in ``rows``, which are locked, and return their new rows; ``why`` is told of running attempts."""
    values = {"finished_at": now, "lease_until": None, "not_before": None}
    moved = move_locked(connection, Move.CANCEL, rows, [values] * len(rows))
    settle_replies(connection, moved)
    ended = [
        {
            "job_id": row.id,
            "attempt": row.attempt,
            "worker": row.worker,
            "started_at": row.started_at,
            "ended_at": now,
            "error": dict(why),
        }
        for row in rows
        if row.state == JobState.RUNNING
    ]
    if ended:
        connection.execute(insert(attempts), ended)
    return moved


def cancel_orphans(connection: Connection, ended: Sequence[Row[Any]], now: float) -> Sequence[Row[Any]]:
    """Cancel what the ``ended`` jobs asked for, and nobody waits for any more; return the new rows."""
    left: list[Row[Any]] = []
    for row in ended:
        ids = below(connection, [row.id])
        left += locked(connection, row.owner, ids, UNFINISHED) if ids else ()
    return cancel_rows(connection, left, now, ORPHANED)


def told_of(cancelled: Sequence[Row[Any]], now: float) -> list[Event]:
    """That the jobs ended; and before it, of new ones, that they were queued, which may not have been told yet."""
    new = [news.came(row) for row in cancelled if row.attempt == 0 and news.is_new(row, now)]
    return [*new, *(news.finished(row, now) for row in cancelled)]
