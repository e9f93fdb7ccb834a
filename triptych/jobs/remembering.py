"""What a job made that is worth remembering is followed by a job that remembers it, accepted with its end.

So nothing is lost in between; and the result itself waits for nothing.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select

from pipelines.catalogue import catalogue
from pipelines.contract import Lane
from triptych.events.event import Event
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.ends import NOBODYS
from triptych.jobs.inputs import inputs_by_job
from triptych.jobs.moves import make_move
from triptych.jobs.retrying import queue_again
from triptych.jobs.states import FINAL, JobState, Move, Priority
from triptych.jobs.submission import Submission
from triptych.jobs.submit import follow
from triptych.jobs.tables import attempts, checkpoints, jobs
from triptych.rings import Ring
from triptych.store import Store

INDEX = "memory.index"
INDEX_CHILD = -1  # among those that a job is followed by; what it asks for itself is numbered from 0


class Following(NamedTuple):
    """What is to be rung for and told of the jobs that follow, after the commit."""

    rings: Sequence[Ring] = ()
    events: Sequence[Event] = ()


def remember(connection: Connection, store: Store, succeeded: Sequence[Row[Any]], now: float) -> Following:
    """Have remembered what the jobs in ``succeeded`` made, of those that say so, within the transaction of their end.

    A job that was done again has been followed by such a job before, which then looks at the new result.
    """
    rows = [row for row in succeeded if row.remember]
    if not rows:
        return Following()
    again = _looked_at_before(connection, [row.id for row in rows if row.attempt > 1])
    queued = _queue_again(connection, list(again.values()), now) if again else []
    lanes = sorted({row.lane for row in queued})
    rings = [ring for lane in lanes for ring in admit(connection, store, Lane(lane), now)]
    new = _follow(connection, store, [row for row in rows if row.id not in again], now)
    return Following([*rings, *new.rings], [*(news.queued(row, now) for row in queued), *new.events])


def _follow(connection: Connection, store: Store, rows: Sequence[Row[Any]], now: float) -> Following:
    if not rows:
        return Following()
    pipeline, inputs = catalogue()[INDEX], inputs_by_job(connection, [row.id for row in rows])
    wanted = [
        Submission(row.owner, pipeline, {"job": row.id}, priority=Priority.BATCH, parent_id=row.id, child=INDEX_CHILD)
        for row in rows
    ]
    accepted, rings = follow(connection, store, wanted, [inputs.get(row.id, ()) for row in rows], now)
    return Following(rings, [news.queued(job, now) for job in accepted])


def _looked_at_before(connection: Connection, job_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """The jobs that these were followed by before, by the id of the job that they follow; locked."""
    if not job_ids:
        return {}
    followed = select(jobs).where(jobs.c.parent_id.in_(job_ids), jobs.c.child == INDEX_CHILD)
    rows = connection.execute(followed.order_by(jobs.c.id).with_for_update())
    return {row.parent_id: row for row in rows}


def _queue_again(connection: Connection, rows: Sequence[Row[Any]], now: float) -> list[Row[Any]]:
    """Queue those that have ended, and those that run, since these may have looked at what was made before.

    How far any of them was, is told of what was made before.
    """
    connection.execute(delete(checkpoints).where(checkpoints.c.job_id.in_([row.id for row in rows])))
    queued = list(queue_again(connection, [row for row in rows if row.state in FINAL], now))
    for row in rows:
        if row.state != JobState.RUNNING:
            continue
        moved = make_move(connection, Move.REQUEUE, row.id, dict(NOBODYS), attempt=row.attempt)
        if moved is not None:
            connection.execute(insert(attempts), _cut_short(row, now))
            queued.append(moved)
    return queued


def _cut_short(row: Row[Any], now: float) -> dict[str, Any]:  # Any: columns of the attempts table
    return {
        "job_id": row.id,
        "attempt": row.attempt,
        "worker": row.worker,
        "started_at": row.started_at,
        "ended_at": now,
        "error": {"code": "handed_back", "message": "what it was to remember was made anew meanwhile"},
    }
