"""What a job's owner does with it: cancel, have it done again, delete."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select

from pipelines.contract import Lane
from triptych.chat.settling import settle_replies
from triptych.events.event import Event
from triptych.files import files
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.moves import move_alike
from triptych.jobs.queues import Turns
from triptych.jobs.quotas import check_quota, room_for
from triptych.jobs.selection import AT_A_TIME, TOLD, Changes, Selection, locked, selected
from triptych.jobs.states import FINAL, JobState, Move
from triptych.jobs.tables import attempts, checkpoints, job_inputs, jobs, outputs, parts
from triptych.memory.tables import memory_makers
from triptych.rings import Ring
from triptych.store import Store

_UNFINISHED = frozenset(JobState) - FINAL
# A job that is queued anew has nothing of its last run but its checkpoint.
_ANEW: dict[str, Any] = {  # Any: columns of the jobs table
    "rung_at": None,
    "share": None,
    "not_before": None,
    "worker": None,
    "holder": None,
    "process_id": None,
    "started_at": None,
    "finished_at": None,
    "failures": 0,
    "fraction": None,
    "note": None,
    "result": None,
    "engine": None,
    "warnings": [],
    "error": None,
    "cached": False,
    "work_key": None,
}


class UnknownJob(LookupError):
    """No such job, or it is somebody else's; the message is its id."""


class JobFinished(Exception):
    """The job is in a final state, which the wanted move does not leave; the message is that state."""


class JobNotFinished(Exception):
    """The job is queued or running, which the wanted move does not leave; the message is that state."""


def cancel(store: Store, owner: str, job_id: str) -> None:
    """Cancel a queued or running job; cancelling a cancelled one changes nothing.

    A worker that runs it sees that within two seconds. Raises UnknownJob, or JobFinished when it is too late.
    """
    with store.database.write() as connection:
        rows = locked(connection, owner, [job_id], _UNFINISHED)
        now = store.clock()
        if not rows:
            state = _state(connection, owner, job_id)
            if state != JobState.CANCELLED:
                raise JobFinished(state)
            return
        cancelled = _cancel(connection, rows, now)
        rings = _admit_to(connection, store, cancelled, now)
    store.wire.send(rings, _told_of(cancelled, now))


def cancel_many(store: Store, owner: str, selection: Selection) -> Changes:
    """Cancel up to ``AT_A_TIME`` of the selected jobs that are queued or running."""
    with store.database.write() as connection:
        page = selected(connection, owner, selection, _UNFINISHED)
        now = store.clock()
        cancelled = _cancel(connection, page.rows, now)
        rings = _admit_to(connection, store, cancelled, now)
    store.wire.send(rings, _told_of(cancelled, now))
    return Changes(len(cancelled), page.next)


def retry(store: Store, owner: str, job_id: str) -> None:
    """Queue a finished job again under the same id.

    One that failed or was cancelled goes on from its checkpoint, if it has one; one that succeeded begins anew. Raises
    UnknownJob, JobNotFinished while it is queued or running, or quotas.QuotaExceeded.
    """
    with store.database.write() as connection:
        rows = locked(connection, owner, [job_id], FINAL)
        now = store.clock()
        if not rows:
            raise JobNotFinished(_state(connection, owner, job_id))
        check_quota(connection, store.settings, owner, new_jobs=1, new_bytes=0)
        retried = queue_again(connection, rows, now)
        rings = _admit_to(connection, store, retried, now)
    store.wire.send(rings, [news.queued(row, now) for row in retried])


def retry_many(store: Store, owner: str, selection: Selection) -> Changes:
    """Queue up to ``AT_A_TIME`` of the selected jobs that are finished again, as many as the owner may have queued.

    Those that succeeded only where their ids or their state are given, since their results are thrown away. Raises
    quotas.QuotaExceeded when there is room for none of them.
    """
    states = FINAL if selection.ids or selection.states else FINAL - {JobState.SUCCEEDED}
    with store.database.write() as connection:
        page = selected(connection, owner, selection, states)
        now = store.clock()
        page = page.first(room_for(connection, store.settings, owner, len(page.rows)))
        retried = queue_again(connection, page.rows, now)
        rings = _admit_to(connection, store, retried, now)
    store.wire.send(rings, [news.queued(row, now) for row in retried])
    return Changes(len(retried), page.next)


def delete_job(store: Store, owner: str, job_id: str, *, with_inputs: bool = False) -> None:
    """Delete a finished job with its parts and outputs, and ``with_inputs`` those files that no other job uses.

    The bytes go with the next collection. Raises UnknownJob, or JobNotFinished while it is queued or running.
    """
    with store.database.write() as connection:
        of_job = select(job_inputs.c.file_id).where(job_inputs.c.job_id == job_id)
        inputs = list(connection.execute(of_job).scalars()) if with_inputs else []
        final = jobs.c.state.in_(sorted(FINAL))
        gone = delete(jobs).where(jobs.c.id == job_id, jobs.c.owner == owner, final).returning(*jobs.c)
        row = connection.execute(gone).one_or_none()
        if row is None:
            raise JobNotFinished(_state(connection, owner, job_id))
        _delete_unused(connection, owner, inputs)
    store.wire.send(events=[news.deleted(row, store.clock())])


def discard_in(
    connection: Connection, store: Store, owner: str, job_ids: Sequence[str]
) -> tuple[list[Ring], list[Event]]:
    """Delete the owner's jobs within a transaction, in whatever state, and return what is to be sent behind its commit.

    Those that wait or run are cancelled first. Rows are locked in the order of their ids, as everywhere.
    """
    now, rings, told = store.clock(), list[Ring](), list[Event]()
    for begin in range(0, len(job_ids), AT_A_TIME):
        some = sorted(job_ids)[begin : begin + AT_A_TIME]
        cancelled = _cancel(connection, locked(connection, owner, some, _UNFINISHED), now)
        gone = delete(jobs).where(jobs.c.id.in_(some), jobs.c.owner == owner).returning(*jobs.c)
        told += [*_told_of(cancelled, now), *(news.deleted(row, now) for row in connection.execute(gone))]
        rings += _admit_to(connection, store, cancelled, now)
    return rings, told


def _delete_unused(connection: Connection, owner: str, file_ids: Sequence[str]) -> None:
    """Delete those of the owner's files that no job uses.

    They are locked first, in the order of their ids as everywhere; whether one is used tells the statement behind it,
    which sees what was submitted meanwhile.
    """
    if not file_ids:
        return
    wanted = select(files.c.id).where(files.c.id.in_(file_ids), files.c.owner == owner)
    ids = connection.execute(wanted.order_by(files.c.id).with_for_update()).scalars().all()
    still_used = select(job_inputs.c.file_id).where(job_inputs.c.file_id == files.c.id).exists()
    connection.execute(delete(files).where(files.c.id.in_(ids), ~still_used))


def _cancel(connection: Connection, rows: Sequence[Row[Any]], now: float) -> Sequence[Row[Any]]:
    """Cancel the jobs in ``rows``, which are locked, and return their new rows."""
    values = {"finished_at": now, "lease_until": None, "not_before": None}
    moved = _move(connection, Move.CANCEL, rows, [values] * len(rows))
    settle_replies(connection, moved)
    why = {"code": "cancelled", "message": "its owner cancelled it"}
    ended = [
        {
            "job_id": row.id,
            "attempt": row.attempt,
            "worker": row.worker,
            "started_at": row.started_at,
            "ended_at": now,
            "error": why,
        }
        for row in rows
        if row.state == JobState.RUNNING
    ]
    if ended:
        connection.execute(insert(attempts), ended)
    return moved


def _told_of(cancelled: Sequence[Row[Any]], now: float) -> list[Event]:
    """That the jobs ended; and before it, of new ones, that they were queued, which may not have been told yet."""
    new = [news.came(row) for row in cancelled if row.attempt == 0 and news.is_new(row, now)]
    return [*new, *(news.finished(row, now) for row in cancelled)]


def queue_again(connection: Connection, rows: Sequence[Row[Any]], now: float) -> Sequence[Row[Any]]:
    """Queue the finished jobs in ``rows``, which are locked, again, and return their new rows."""
    turns = Turns(connection)
    done = [row.id for row in rows if row.state == JobState.SUCCEEDED]
    _keep_in_history(connection, done)
    for table, job_ids in ((outputs, [row.id for row in rows]), (parts, done), (checkpoints, done)):
        connection.execute(delete(table).where(table.c.job_id.in_(job_ids)))
    connection.execute(delete(memory_makers).where(memory_makers.c.job_id.in_(done)))  # what was remembered of them
    anew = [
        {
            **_ANEW,
            "queued_at": now,
            "turn": turns.next(row.lane, row.priority, row.owner),
            "fresh": row.fresh or row.state == JobState.SUCCEEDED,
        }
        for row in rows
    ]
    return _move(connection, Move.RETRY, rows, anew)


def _keep_in_history(connection: Connection, job_ids: Sequence[str]) -> None:
    """Write the attempts that succeeded, which only the jobs' rows have told until now."""
    if job_ids:
        told = select(jobs.c.id, jobs.c.attempt, jobs.c.worker, jobs.c.started_at, jobs.c.finished_at)
        written = exists().where(attempts.c.job_id == jobs.c.id, attempts.c.attempt == jobs.c.attempt)
        names = ["job_id", "attempt", "worker", "started_at", "ended_at"]
        connection.execute(insert(attempts).from_select(names, told.where(jobs.c.id.in_(job_ids), ~written)))


def _move(
    connection: Connection,
    move: Move,
    rows: Sequence[Row[Any]],
    values: Sequence[dict[str, Any]],  # Any: columns of the jobs table
) -> Sequence[Row[Any]]:
    if not rows:
        return ()
    moves = [(row.id, row.attempt, of_row) for row, of_row in zip(rows, values, strict=True)]
    if not move_alike(connection, move, moves):
        raise RuntimeError(f"a locked job could not be moved: {move}")
    ids = [row.id for row in rows]
    return connection.execute(select(*TOLD).where(jobs.c.id.in_(ids)).order_by(jobs.c.id)).all()


def _admit_to(connection: Connection, store: Store, rows: Sequence[Row[Any]], now: float) -> list[Ring]:
    lanes = sorted({row.lane for row in rows})
    return [ring for lane in lanes for ring in admit(connection, store, Lane(lane), now)]


def _state(connection: Connection, owner: str, job_id: str) -> str:
    state = connection.execute(select(jobs.c.state).where(jobs.c.id == job_id, jobs.c.owner == owner)).scalar()
    if state is None:
        raise UnknownJob(job_id)
    return str(state)
