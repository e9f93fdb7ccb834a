"""What a job's owner does with it: cancel, have it done again, delete."""

from typing import Any

from sqlalchemy import Connection, delete, select, update

from pipelines.contract import Lane
from triptych.files import files
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.moves import make_move
from triptych.jobs.states import FINAL, JobState, Move
from triptych.jobs.tables import attempts, job_inputs, jobs, outputs, parts
from triptych.store import Store


class UnknownJob(LookupError):
    """No such job, or it is somebody else's; the message is its id."""


class JobFinished(Exception):
    """The job is in a final state, which the wanted move does not leave; the message is that state."""


class JobNotFinished(Exception):
    """The job is queued or running, which the wanted move does not leave; the message is that state."""


def cancel(store: Store, owner: str, job_id: str) -> None:
    """Cancel a queued or running job; cancelling a cancelled one changes nothing.

    A running worker sees it when it next looks at its lease. Raises UnknownJob, or JobFinished when it is too late.
    """
    now = store.clock()
    with store.database.write() as connection:
        row = make_move(connection, Move.CANCEL, job_id, {"finished_at": now, "lease_until": None}, owner=owner)
        if row is None:
            state = _state(connection, owner, job_id)
            if state != JobState.CANCELLED:
                raise JobFinished(state)
            return
        connection.execute(
            update(attempts)
            .where(attempts.c.job_id == job_id, attempts.c.ended_at.is_(None))
            .values(ended_at=now, error={"code": "cancelled", "message": "its owner cancelled it"})
        )
        rings = admit(connection, Lane(row.lane), store.settings.window, now)
    store.wire.send(rings, [news.finished(row, now)])


def retry(store: Store, owner: str, job_id: str) -> None:
    """Queue a finished job again under the same id; what it made before is gone.

    Raises UnknownJob, or JobNotFinished while it is queued or running.
    """
    now = store.clock()
    fresh: dict[str, Any] = {  # Any: columns of the jobs table
        "queued_at": now,
        "rung_at": None,
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
    }
    with store.database.write() as connection:
        row = make_move(connection, Move.RETRY, job_id, fresh, owner=owner)
        if row is None:
            raise JobNotFinished(_state(connection, owner, job_id))
        for table in (parts, outputs):
            connection.execute(delete(table).where(table.c.job_id == job_id))
        rings = admit(connection, Lane(row.lane), store.settings.window, now)
    store.wire.send(rings, [news.queued(row, now)])


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


def _state(connection: Connection, owner: str, job_id: str) -> str:
    state = connection.execute(select(jobs.c.state).where(jobs.c.id == job_id, jobs.c.owner == owner)).scalar()
    if state is None:
        raise UnknownJob(job_id)
    return str(state)
