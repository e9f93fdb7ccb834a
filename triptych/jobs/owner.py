"""What a job's owner does with it: cancel, have it done again, delete."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select

from pipelines.contract import Lane
from triptych.batches.forgetting import forget_job, hold_batches, take_up
from triptych.events.event import Event
from triptych.files import files
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.cancelling import UNFINISHED, cancel_rows, told_of
from triptych.jobs.family import WRITTEN_FOR, below, hold, look_up, news_of
from triptych.jobs.quotas import check_quota, room_for
from triptych.jobs.retrying import queue_again
from triptych.jobs.selection import AT_A_TIME, Changes, Selection, locked, selected
from triptych.jobs.states import FINAL, JobState
from triptych.jobs.tables import job_inputs, jobs
from triptych.rings import Ring
from triptych.store import Store


class UnknownJob(LookupError):
    """No such job, or it is somebody else's; the message is its id."""


class JobFinished(Exception):
    """The job is in a final state, which the wanted move does not leave; the message is that state."""


class JobNotFinished(Exception):
    """The job is queued or running, which the wanted move does not leave; the message is that state."""


def cancel(store: Store, owner: str, job_id: str) -> None:
    """Cancel a queued or running job with what it asked for; cancelling a cancelled one changes nothing.

    A worker that runs it sees that within two seconds. Raises UnknownJob, or JobFinished when it is too late.
    """
    with store.database.write() as connection:
        hold(connection, [job_id])
        rows = locked(connection, owner, [job_id], UNFINISHED)
        if not rows:
            state = _state(connection, owner, job_id)
            if state != JobState.CANCELLED:
                raise JobFinished(state)
            return
        cancelled = _cancel(connection, store, owner, rows)
    store.wire.send(cancelled.rings, cancelled.events)


def cancel_many(store: Store, owner: str, selection: Selection) -> Changes:
    """Cancel up to ``AT_A_TIME`` of the selected jobs that are queued or running, with what they asked for."""
    with store.database.write() as connection:
        page = selected(connection, owner, selection, UNFINISHED)
        cancelled = _cancel(connection, store, owner, page.rows)
    store.wire.send(cancelled.rings, cancelled.events)
    return Changes(len(page.rows), page.next)


def retry(store: Store, owner: str, job_id: str) -> None:
    """Queue a finished job again under the same id, and what it asked for with it, where that did not succeed.

    One that failed or was cancelled goes on from its checkpoint, if it has one; one that succeeded begins anew, with
    all that it asked for. Raises UnknownJob, JobNotFinished while it is queued or running, or quotas.QuotaExceeded.
    """
    with store.database.write() as connection:
        hold_batches(connection, [job_id])
        hold(connection, [job_id])
        rows = locked(connection, owner, [job_id], FINAL)
        now = store.clock()
        if not rows:
            raise JobNotFinished(_state(connection, owner, job_id))
        check_quota(connection, store.settings, owner, new_jobs=1, new_bytes=0)
        retried = queue_again(connection, rows, now)
        take_up(connection, [job_id])
        rings = _admit_to(connection, store, retried, now)
    store.wire.send(rings, [news.queued(row, now) for row in retried])


def retry_many(store: Store, owner: str, selection: Selection) -> Changes:
    """Queue up to ``AT_A_TIME`` of the selected jobs that are finished again, as many as the owner may have queued.

    Those that succeeded only where their ids or their state are given, since their results are thrown away. Raises
    quotas.QuotaExceeded when there is room for none of them.
    """
    states = FINAL if selection.ids or selection.states else FINAL - {JobState.SUCCEEDED}
    with store.database.write() as connection:
        page = selected(connection, owner, selection, states, hold_first=hold_batches)
        now = store.clock()
        page = page.first(room_for(connection, store.settings, owner, len(page.rows)))
        retried = queue_again(connection, page.rows, now)
        take_up(connection, [row.id for row in page.rows])
        rings = _admit_to(connection, store, retried, now)
    store.wire.send(rings, [news.queued(row, now) for row in retried])
    return Changes(len(page.rows), page.next)


def delete_job(
    store: Store,
    owner: str,
    job_id: str,
    *,
    with_inputs: bool = False,
    check: Callable[[Connection], None] | None = None,
) -> None:
    """Delete a finished job with its parts and outputs, and ``with_inputs`` those files that no other job uses.

    What it asked for goes with it, and what follows it, such as its indexing, wherever that stands: nobody waits for
    these any more. The bytes go with the next collection. Raises UnknownJob, or JobNotFinished while it is queued or
    running; and what ``check`` raises, which is asked once the job is held: then nothing has happened.
    """
    with store.database.write() as connection:
        of_job = select(job_inputs.c.file_id).where(job_inputs.c.job_id == job_id)
        inputs = list(connection.execute(of_job).scalars()) if with_inputs else []
        hold_batches(connection, [job_id])
        hold(connection, [job_id], below(connection, [job_id], with_followers=True))
        if check is not None:
            check(connection)
        row = next(iter(_delete(connection, owner, [job_id], FINAL)), None)
        if row is None:
            raise JobNotFinished(_state(connection, owner, job_id))
        gone = [*_delete_below(connection, owner, [job_id]), row]
        if row.batch_id is not None:
            forget_job(connection, row.batch_id, row.batch_line)
        delete_unused(connection, owner, inputs)
        rings = _admit_to(connection, store, _unfinished(gone), store.clock())
    store.wire.send(rings, [news.deleted(one, store.clock()) for one in gone])


def discard_in(
    connection: Connection, store: Store, owner: str, job_ids: Sequence[str]
) -> tuple[list[Ring], list[Event]]:
    """Delete the owner's jobs within a transaction, in whatever state, and return what is to be sent behind its commit.

    Those that wait or run are cancelled first. Rows are locked in the order of their ids, as everywhere.
    """
    now, rings, told = store.clock(), list[Ring](), list[Event]()
    for begin in range(0, len(job_ids), AT_A_TIME):
        some = sorted(job_ids)[begin : begin + AT_A_TIME]
        hold(connection, some, below(connection, some, with_followers=True))
        cancelled = _cancel(connection, store, owner, locked(connection, owner, some, UNFINISHED))
        gone = [*_delete_below(connection, owner, some), *_delete(connection, owner, some, frozenset(JobState))]
        rings += [*cancelled.rings, *_admit_to(connection, store, _unfinished(gone), now)]
        told += [*cancelled.events, *(news.deleted(row, now) for row in gone)]
    return rings, told


def _delete(
    connection: Connection, owner: str, job_ids: Sequence[str], states: Collection[JobState]
) -> Sequence[Row[Any]]:
    """Delete those of the owner's jobs that are in one of ``states``, and return their rows."""
    return _delete_where(connection, owner, jobs.c.id.in_(job_ids), jobs.c.state.in_(sorted(states)))


def _delete_below(connection: Connection, owner: str, job_ids: Sequence[str]) -> Sequence[Row[Any]]:
    ids = below(connection, job_ids, with_followers=True)
    return _delete_where(connection, owner, jobs.c.id.in_(ids)) if ids else ()


def _delete_where(connection: Connection, owner: str, *wanted: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Delete the owner's jobs for which this holds, with the inputs that were written for them alone."""
    written = select(job_inputs.c.file_id).join(jobs).where(*wanted, jobs.c.owner == owner, jobs.c.child <= WRITTEN_FOR)
    inputs = connection.execute(written).scalars().all()
    gone = connection.execute(delete(jobs).where(*wanted, jobs.c.owner == owner).returning(*jobs.c)).all()
    delete_unused(connection, owner, inputs)
    return gone


def _unfinished(gone: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those whose end makes room in a lane."""
    return [row for row in gone if row.state in UNFINISHED]


def delete_unused(connection: Connection, owner: str, file_ids: Sequence[str]) -> None:
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


@dataclass(frozen=True, slots=True)
class _Cancelled:
    """What is to be sent of jobs that were cancelled."""

    rings: Sequence[Ring]
    events: Sequence[Event]


def _cancel(connection: Connection, store: Store, owner: str, rows: Sequence[Row[Any]]) -> _Cancelled:
    """Cancel the jobs in ``rows``, which are held, with what they asked for; who waited for them is told."""
    now = store.clock()
    ids = set(below(connection, [row.id for row in rows])) - {row.id for row in rows} if rows else set()
    children = locked(connection, owner, sorted(ids), UNFINISHED) if ids else ()
    cancelled = cancel_rows(connection, [*rows, *children], now)
    parents = look_up(connection, cancelled, now)
    rings = _admit_to(connection, store, [*cancelled, *parents], now)
    return _Cancelled(rings, [*told_of(cancelled, now), *news_of(parents, now)])


def _admit_to(connection: Connection, store: Store, rows: Sequence[Row[Any]], now: float) -> list[Ring]:
    lanes = sorted({row.lane for row in rows})
    return [ring for lane in lanes for ring in admit(connection, store, Lane(lane), now)]


def _state(connection: Connection, owner: str, job_id: str) -> str:
    state = connection.execute(select(jobs.c.state).where(jobs.c.id == job_id, jobs.c.owner == owner)).scalar()
    if state is None:
        raise UnknownJob(job_id)
    return str(state)
