"""What a batch's owner does with it: start, pause, resume, cancel, have failed lines done again, delete."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select, update

from triptych.batches.batch import WrongState
from triptych.batches.reading import owned_row
from triptych.batches.states import OPEN, BatchState, Chore, Step
from triptych.batches.tables import batch_lines, batches
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs
from triptych.store import Store

KEPT_GOING = frozenset({BatchState.VALIDATING, BatchState.RUNNING, BatchState.PAUSED})


def start(store: Store, owner: str, batch_id: str) -> None:
    """Run the valid lines of a batch that waits for this. Raises UnknownBatch and WrongState."""
    values = {"state": BatchState.RUNNING, "started_at": store.clock(), "expires_at": None}
    with store.database.write() as connection:
        _move(connection, owner, batch_id, {BatchState.VALIDATED}, values)


def pause(store: Store, owner: str, batch_id: str) -> None:
    """Let no further job begin; pausing a paused batch changes nothing. Raises UnknownBatch and WrongState."""
    with store.database.write() as connection:
        row = owned_row(connection, owner, batch_id)
        if row.state != BatchState.PAUSED:
            values = {"state": BatchState.PAUSED, "chore": Chore.HOLD_BACK}
            _move(connection, owner, batch_id, {BatchState.RUNNING}, values)


def resume(store: Store, owner: str, batch_id: str) -> None:
    """Go on with a paused batch. Raises UnknownBatch and WrongState."""
    with store.database.write() as connection:
        values = {"state": BatchState.RUNNING, "chore": None, "error": None}
        _move(connection, owner, batch_id, {BatchState.PAUSED}, values)


def cancel(store: Store, owner: str, batch_id: str) -> None:
    """Cancel what has not ended; cancelling a cancelled batch changes nothing. Raises UnknownBatch and WrongState."""
    with store.database.write() as connection:
        row = owned_row(connection, owner, batch_id)
        if row.state != BatchState.CANCELLED:
            _move(connection, owner, batch_id, OPEN, cancelled_values(store.clock()))


def cancelled_values(now: float) -> dict[str, Any]:  # Any: columns
    """What a batch's row has from the moment it is cancelled; its jobs are cancelled behind that."""
    return {"state": BatchState.CANCELLED, "chore": Chore.CANCEL, "finished_at": now, "lease_until": None}


def retry(store: Store, owner: str, batch_id: str) -> int:
    """Have the lines done again whose jobs failed, each by the same job; how many there are.

    Raises UnknownBatch, and WrongState unless the batch has finished or runs.
    """
    with store.database.write() as connection:
        row = _held(connection, owner, batch_id, {BatchState.FINISHED, BatchState.RUNNING})
        failed = select(jobs.c.batch_line).where(jobs.c.batch_id == batch_id, jobs.c.state == JobState.FAILED)
        its = (batch_lines.c.batch_id == batch_id, batch_lines.c.step == Step.MADE, batch_lines.c.number.in_(failed))
        count = connection.execute(update(batch_lines).where(*its).values(step=Step.WAITING)).rowcount
        if count:
            values = {"waiting": row.waiting + count, "again": row.again + count}
            values |= {"state": BatchState.RUNNING, "finished_at": None}
            if row.state == BatchState.FINISHED:  # in time, so that there is none any more
                values |= {"expires_at": None}
            connection.execute(update(batches).where(batches.c.id == batch_id).values(**values))
    return count


def delete(store: Store, owner: str, batch_id: str) -> None:
    """Delete the batch with its jobs, what they made, and the files that came with it.

    It is gone at once for everybody; its rows go page by page. Raises UnknownBatch, and WrongState while it goes on.
    """
    with store.database.write() as connection:
        values = {"chore": Chore.DELETE, "idempotency_key": None}
        _move(connection, owner, batch_id, frozenset(BatchState) - KEPT_GOING, values)


def _move(
    connection: Connection,
    owner: str,
    batch_id: str,
    states: Collection[BatchState],
    values: dict[str, Any],  # Any: columns
) -> None:
    _held(connection, owner, batch_id, states)
    connection.execute(update(batches).where(batches.c.id == batch_id).values(**values))


def _held(connection: Connection, owner: str, batch_id: str, states: Collection[BatchState]) -> Any:  # Any: a row
    """The batch's row, locked. Raises UnknownBatch, and WrongState in any but these states."""
    connection.execute(select(batches.c.id).where(batches.c.id == batch_id).with_for_update())
    row = owned_row(connection, owner, batch_id)
    if row.state not in states:
        raise WrongState(row.state)
    return row
