"""The one writer of a job's state: compare, set, and say whether it happened."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, update

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
    ``attempt`` is not the current one: that run has lost its lease, and whatever it made is not the job's. A claim
    raises the attempt by one.
    """
    where = {"the_id": job_id, "the_attempt": attempt, "the_owner": owner}
    given = {name: value for name, value in where.items() if value is not None}
    statement = _statement(move, attempt is not None, owner is not None)
    moved = connection.execute(statement, {**given, "state": MOVES[move][1], **values})
    return moved.one_or_none()


@cache
def _statement(move: Move, of_attempt: bool, of_owner: bool) -> Update:
    """The compare-and-set, built once for each form: building it costs as much as running it."""
    sources, _ = MOVES[move]
    statement = update(jobs).where(jobs.c.id == bindparam("the_id"), jobs.c.state.in_(sorted(sources)))
    if of_attempt:
        statement = statement.where(jobs.c.attempt == bindparam("the_attempt"))
    if of_owner:
        statement = statement.where(jobs.c.owner == bindparam("the_owner"))
    if move is Move.CLAIM:
        statement = statement.values(attempt=jobs.c.attempt + 1)
    return statement.returning(*jobs.c)
