"""What a job's owner does with it: cancel, have it done again, delete."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select

from pipelines.contract import Lane
from triptych.files import files
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.moves import make_move
from triptych.jobs.queues import Turns
from triptych.jobs.states import FINAL, JobState, Move
from triptych.jobs.tables import attempts, checkpoints, job_inputs, jobs, outputs, parts
from triptych.store import Store
from triptych.wire import Ring

AT_A_TIME = 1000

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


@dataclass(frozen=True, slots=True)
class Selection:
    """Several jobs of an owner's: those with these ``ids``, else all in one of ``states``, of ``pipeline`` if given."""

    ids: Sequence[str] = ()
    states: Sequence[JobState] = ()
    pipeline: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """How many ``jobs`` were changed, and whether the selection holds ``more`` than are changed at a time."""

    jobs: int
    more: bool


def cancel(store: Store, owner: str, job_id: str) -> None:
    """Cancel a queued or running job; cancelling a cancelled one changes nothing.

    A worker that runs it sees that within two seconds. Raises UnknownJob, or JobFinished when it is too late.
    """
    now = store.clock()
    with store.database.write() as connection:
        row = _cancel(connection, owner, job_id, now)
        if row is None:
            state = _state(connection, owner, job_id)
            if state != JobState.CANCELLED:
                raise JobFinished(state)
            return
        rings = admit(connection, store, Lane(row.lane), now)
    store.wire.send(rings, [news.finished(row, now)])


def cancel_many(store: Store, owner: str, selection: Selection) -> Changes:
    """Cancel up to ``AT_A_TIME`` of the selected jobs that are queued or running."""
    now = store.clock()
    with store.database.write() as connection:
        ids, more = _selected(connection, owner, selection, (JobState.QUEUED, JobState.RUNNING))
        rows = [row for job_id in ids if (row := _cancel(connection, owner, job_id, now)) is not None]
        rings = _admit_to(connection, store, rows, now)
    store.wire.send(rings, [news.finished(row, now) for row in rows])
    return Changes(len(rows), more)


def retry(store: Store, owner: str, job_id: str) -> None:
    """Queue a finished job again under the same id.

    One that failed or was cancelled goes on from its checkpoint, if it has one; one that succeeded begins anew. Raises
    UnknownJob, or JobNotFinished while it is queued or running.
    """
    now = store.clock()
    with store.database.write() as connection:
        row = _retry(connection, owner, job_id, Turns(connection), now)
        if row is None:
            raise JobNotFinished(_state(connection, owner, job_id))
        rings = admit(connection, store, Lane(row.lane), now)
    store.wire.send(rings, [news.queued(row, now)])


def retry_many(store: Store, owner: str, selection: Selection) -> Changes:
    """Queue up to ``AT_A_TIME`` of the selected jobs that are finished again."""
    now = store.clock()
    with store.database.write() as connection:
        turns = Turns(connection)
        ids, more = _selected(connection, owner, selection, tuple(FINAL))
        rows = [row for job_id in ids if (row := _retry(connection, owner, job_id, turns, now)) is not None]
        rings = _admit_to(connection, store, rows, now)
    store.wire.send(rings, [news.queued(row, now) for row in rows])
    return Changes(len(rows), more)


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
        still_used = select(job_inputs.c.file_id).where(job_inputs.c.file_id == files.c.id).exists()
        connection.execute(delete(files).where(files.c.id.in_(inputs), files.c.owner == owner, ~still_used))
    store.wire.send(events=[news.deleted(row, store.clock())])


def _cancel(connection: Connection, owner: str, job_id: str, now: float) -> Row[Any] | None:
    values = {"finished_at": now, "lease_until": None, "not_before": None}
    row = make_move(connection, Move.CANCEL, job_id, values, owner=owner)
    if row is not None and row.worker is not None:  # it was running
        ended = {"job_id": job_id, "attempt": row.attempt, "worker": row.worker, "started_at": row.started_at}
        why = {"code": "cancelled", "message": "its owner cancelled it"}
        connection.execute(insert(attempts), {**ended, "ended_at": now, "error": why})
    return row


def _retry(connection: Connection, owner: str, job_id: str, turns: Turns, now: float) -> Row[Any] | None:
    owned = select(jobs).where(jobs.c.id == job_id, jobs.c.owner == owner)
    before = connection.execute(owned.with_for_update()).one_or_none()
    if before is None:
        return None
    done = before.state == JobState.SUCCEEDED
    if done:
        _keep_in_history(connection, before)
    turn = turns.next(before.lane, before.priority, owner)
    anew = {**_ANEW, "queued_at": now, "turn": turn, "fresh": before.fresh or done}
    row = make_move(connection, Move.RETRY, job_id, anew, owner=owner)
    if row is not None:
        for table in (checkpoints, parts, outputs) if done else (outputs,):
            connection.execute(delete(table).where(table.c.job_id == job_id))
    return row


def _selected(
    connection: Connection, owner: str, selection: Selection, within: Sequence[JobState]
) -> tuple[Sequence[str], bool]:
    """The ids of up to ``AT_A_TIME`` jobs, oldest first, and whether there are more.

    How many of them are then changed does not tell that: some may have ended in between.
    """
    states = sorted(set(selection.states or within) & set(within))
    statement = select(jobs.c.id).where(jobs.c.owner == owner, jobs.c.state.in_(states))
    if selection.ids:
        statement = statement.where(jobs.c.id.in_(selection.ids))
    if selection.pipeline is not None:
        statement = statement.where(jobs.c.pipeline == selection.pipeline)
    ids = connection.execute(statement.order_by(jobs.c.id).limit(AT_A_TIME + 1)).scalars().all()
    return ids[:AT_A_TIME], len(ids) > AT_A_TIME


def _admit_to(connection: Connection, store: Store, rows: Sequence[Row[Any]], now: float) -> list[Ring]:
    lanes = sorted({row.lane for row in rows})
    return [ring for lane in lanes for ring in admit(connection, store, Lane(lane), now)]


def _state(connection: Connection, owner: str, job_id: str) -> str:
    state = connection.execute(select(jobs.c.state).where(jobs.c.id == job_id, jobs.c.owner == owner)).scalar()
    if state is None:
        raise UnknownJob(job_id)
    return str(state)
