"""The one writer of a job's state: compare, set, and say whether it happened."""

from typing import Any

from sqlalchemy import Connection, Row, update

from triptych.jobs.states import MOVES, Move
from triptych.jobs.tables import jobs


def make_move(
    connection: Connection,
    move: Move,
    job_id: str,
    values: dict[str, Any],  # Any: columns of the jobs table, each of its own type
    *,
    attempt: int | None = None,
    owner: str | None = None,
) -> Row[Any] | None:
    """Move the job and set ``values`` with it; return its new row, or None when the move did not apply.

    It does not apply when the job is in a state that ``move`` does not leave, belongs to another ``owner``, or when
    ``attempt`` is not the current one: that run has lost its lease, and whatever it made is not the job's.
    """
    sources, target = MOVES[move]
    statement = update(jobs).where(jobs.c.id == job_id, jobs.c.state.in_(sorted(sources)))
    if attempt is not None:
        statement = statement.where(jobs.c.attempt == attempt)
    if owner is not None:
        statement = statement.where(jobs.c.owner == owner)
    return connection.execute(statement.values(state=target, **values).returning(*jobs.c)).one_or_none()
