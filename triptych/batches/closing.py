"""What a batch's owner asked, done behind the answer page by page: jobs held back, cancelled, or deleted with all."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, update

from pipelines.contract import Lane
from triptych.batches.owner import cancelled_values
from triptych.batches.states import OPEN, Chore, Step
from triptych.batches.tables import batch_lines, batch_members, batches
from triptych.files import files
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.owner import cancel_many, delete_unused, discard_in
from triptych.jobs.selection import Selection
from triptych.jobs.states import JobState
from triptych.jobs.tables import job_inputs, jobs
from triptych.jobs.withdrawing import withdraw_in
from triptych.store import Store

PAGE_JOBS = 250
PAGE_LINES = 5000


def do_chore(store: Store, batch_id: str) -> bool:
    """Do the next page of what the batch's owner asked; whether there was one. Raises DatabaseAway."""
    with store.database.read() as connection:
        row = connection.execute(select(batches).where(batches.c.id == batch_id)).one_or_none()
    if row is None or row.chore is None:
        return False
    does = {Chore.HOLD_BACK: _hold_back, Chore.CANCEL: _cancel, Chore.DELETE: _delete}[Chore(row.chore)]
    if not does(store, row):
        with store.database.write() as connection:
            its = update(batches).where(batches.c.id == batch_id, batches.c.chore == row.chore)
            connection.execute(its.values(chore=None))
    return True


def cancel_in(connection: Connection, batch_id: str, now: float, error: Mapping[str, str]) -> bool:
    """Cancel the batch, if it has not ended, for another reason than its owner's; whether it was."""
    values = {**cancelled_values(now), "error": dict(error)}
    its = update(batches).where(batches.c.id == batch_id, batches.c.state.in_(sorted(OPEN)))
    return bool(connection.execute(its.values(**values)).rowcount)


def _hold_back(store: Store, row: Row[Any]) -> bool:
    """Delete jobs that no worker has begun, and have their lines wait; resuming makes their jobs anew."""
    now = store.clock()
    with store.database.write() as connection:
        is_meant = (batches.c.id == row.id, batches.c.chore == Chore.HOLD_BACK)
        if connection.execute(select(batches.c.id).where(*is_meant).with_for_update()).first() is None:
            return False
        unbegun = jobs.c.state == JobState.QUEUED, jobs.c.attempt == 0
        page = _ids(connection, _jobs_of(row.id).where(*unbegun))
        brought = _brought(connection, row.id, page)
        withdrawn = withdraw_in(connection, row.owner, page)
        delete_unused(connection, row.owner, brought)
        _let_wait(connection, row.id, [job.batch_line for job in withdrawn])
        lanes = sorted({job.lane for job in withdrawn})
        rings = [ring for lane in lanes for ring in admit(connection, store, Lane(lane), now)]
    store.wire.send(rings, [news.deleted(job, now) for job in withdrawn])
    return bool(withdrawn)


def _let_wait(connection: Connection, batch_id: str, numbers: Sequence[int]) -> None:
    its = (batch_lines.c.batch_id == batch_id, batch_lines.c.number.in_(numbers))
    connection.execute(update(batch_lines).where(*its).values(step=Step.WAITING))
    more = {"waiting": batches.c.waiting + len(numbers)}
    connection.execute(update(batches).where(batches.c.id == batch_id).values(**more))


def _cancel(store: Store, row: Row[Any]) -> bool:
    unfinished = jobs.c.state.in_([JobState.QUEUED, JobState.RUNNING])
    with store.database.read() as connection:
        page = _ids(connection, _jobs_of(row.id).where(unfinished))
    if page:
        cancel_many(store, row.owner, Selection(ids=page))
    return bool(page)


def _delete(store: Store, row: Row[Any]) -> bool:
    """The batch's jobs go first, then the files that came with it, then its lines; its own row goes with the last."""
    with store.database.write() as connection:
        page = _ids(connection, _jobs_of(row.id))
        brought = [*_brought(connection, row.id, page), *([] if page else _members(connection, row.id))]
        rings, told = discard_in(connection, store, row.owner, page)
        delete_unused(connection, row.owner, brought)
        is_more = bool(page or brought) or _delete_lines(connection, row.id)
        if not is_more:
            connection.execute(delete(batches).where(batches.c.id == row.id))
    store.wire.send(rings, told)
    return is_more


def _jobs_of(batch_id: str) -> Select[tuple[str]]:
    return select(jobs.c.id).where(jobs.c.batch_id == batch_id).limit(PAGE_JOBS)


def _ids(connection: Connection, statement: Select[Any]) -> list[str]:  # Any: of ids
    return list(connection.execute(statement).scalars())


def _brought(connection: Connection, batch_id: str, job_ids: Sequence[str]) -> Sequence[str]:
    """The files that were made of what stands in the lines of these jobs."""
    its = (
        select(job_inputs.c.file_id)
        .join(jobs, jobs.c.id == job_inputs.c.job_id)
        .join(batch_lines, (batch_lines.c.batch_id == jobs.c.batch_id) & (batch_lines.c.number == jobs.c.batch_line))
    )
    its = its.where(job_inputs.c.job_id.in_(job_ids), batch_lines.c.batch_id == batch_id, batch_lines.c.brings)
    return connection.execute(its).scalars().all() if job_ids else ()


def _members(connection: Connection, batch_id: str) -> Sequence[str]:
    """A page of the files that came with the batch, which are its no longer.

    They are locked first: who removes one of them has its member go behind it.
    """
    page = select(batch_members.c.path, batch_members.c.file_id).where(batch_members.c.batch_id == batch_id)
    rows = connection.execute(page.limit(PAGE_JOBS)).all()
    came = select(files.c.id).where(files.c.id.in_([row.file_id for row in rows])).order_by(files.c.id)
    connection.execute(came.with_for_update())
    its = (batch_members.c.batch_id == batch_id, batch_members.c.path.in_([row.path for row in rows]))
    connection.execute(delete(batch_members).where(*its))
    return [row.file_id for row in rows]


def _delete_lines(connection: Connection, batch_id: str) -> bool:
    page = select(batch_lines.c.number).where(batch_lines.c.batch_id == batch_id).limit(PAGE_LINES)
    its = (batch_lines.c.batch_id == batch_id, batch_lines.c.number.in_(page))
    return bool(connection.execute(delete(batch_lines).where(*its)).rowcount)
