"""The one writer of a job's state: compare, set, and say whether it happened."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, exists, false, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from pipelines.contract import Lane
from triptych.jobs.selection import TOLD
from triptych.jobs.states import MOVES, Move
from triptych.jobs.tables import IS_WAITING, jobs, pauses
from triptych.locking import among


def make_move(
    connection: Connection,
    move: Move,
    job_id: str,
    values: dict[str, Any],  # Any: columns of the jobs table, each of its own type
    *,
    attempt: int | None = None,
    owner: str | None = None,
    lapsed_at: float | None = None,
) -> Row[Any] | None:
    """Move the job and set ``values`` with it; return its new row, or None when the move did not apply.

    It does not apply when the job is in a state that ``move`` does not leave, belongs to another ``owner``, has a
    lease that still stood ``lapsed_at`` that time, or when ``attempt`` is not the current one: that run has lost its
    lease, and whatever it made is not the job's.
    """
    where = {"the_id": job_id, "the_attempt": attempt, "the_owner": owner, "lapsed_at": lapsed_at}
    given = {name: value for name, value in where.items() if value is not None}
    statement = _returning(move, frozenset(given))
    moved = connection.execute(statement, {**given, "state": MOVES[move][1], **values})
    return moved.one_or_none()


def claim_moves(
    connection: Connection,
    job_ids: Sequence[str],
    now: float,
    values: dict[str, Any],  # Any: columns of the jobs table, each of its own type
) -> list[Row[Any]]:
    """Claim those of the jobs that are queued and whose pipeline is not paused; return their rows in this order.

    A claim raises the attempt by one. ``is_paused`` of a row says that its run tries whether a server is back.
    """
    asked = {"now": now, "state": MOVES[Move.CLAIM][1], **values}
    if len(job_ids) == 1:
        return list(connection.execute(_claim(of_one=True), {"the_id": job_ids[0], **asked}))
    rows = {row.id: row for row in connection.execute(_claim(of_one=False), {"ids": list(job_ids), **asked})}
    return [rows[job_id] for job_id in dict.fromkeys(job_ids) if job_id in rows]


def claim_first_move(
    connection: Connection,
    lane: Lane,
    rank: int,
    owner: str,
    values: dict[str, Any],  # Any: columns of the jobs table, each of its own type
) -> list[Row[Any]]:
    """Claim the first of an owner's jobs that wait in a class of the lane, looking for it in the same statement.

    Only if it was never claimed. For lanes of which no pipeline is paused.
    """
    where = {"the_lane": lane, "the_rank": rank, "the_owner": owner}
    return list(connection.execute(_claim_first(), {**where, "state": MOVES[Move.CLAIM][1], **values}))


def move_alike(connection: Connection, move: Move, moves: Sequence[tuple[str, int, dict[str, Any]]]) -> bool:
    """Make the same move with several jobs, told as id, attempt and values of the same columns, at a third of the cost.

    False when it did not apply to some of them: the transaction is then to be given up, for others of them have moved.
    """
    statement = _of_one(move, frozenset({"the_attempt"}))
    rows = [
        {"the_id": job_id, "the_attempt": attempt, "state": MOVES[move][1], **values}
        for job_id, attempt, values in moves
    ]
    return connection.execute(statement, rows).rowcount == len(moves)


def move_locked(
    connection: Connection,
    move: Move,
    rows: Sequence[Row[Any]],
    values: Sequence[dict[str, Any]],  # Any: columns of the jobs table
) -> Sequence[Row[Any]]:
    """Make the same move with the jobs in ``rows``, which are locked, and return their new rows, in ``TOLD``."""
    if not rows:
        return ()
    moves = [(row.id, row.attempt, of_row) for row, of_row in zip(rows, values, strict=True)]
    if not move_alike(connection, move, moves):
        raise RuntimeError(f"a locked job could not be moved: {move}")
    ids = [row.id for row in rows]
    return connection.execute(select(*TOLD).where(jobs.c.id.in_(ids)).order_by(jobs.c.id)).all()


@cache
def _returning(move: Move, given: frozenset[str]) -> ReturningUpdate[Any]:
    return _of_one(move, given).returning(*jobs.c)


@cache
def _of_one(move: Move, given: frozenset[str]) -> Update:
    """The compare-and-set, built once for each form: building it costs as much as running it."""
    statement = compare_and_set(move).where(jobs.c.id == bindparam("the_id"))
    if "the_attempt" in given:
        statement = statement.where(jobs.c.attempt == bindparam("the_attempt"))
    if "the_owner" in given:
        statement = statement.where(jobs.c.owner == bindparam("the_owner"))
    if "lapsed_at" in given:
        statement = statement.where(jobs.c.lease_until < bindparam("lapsed_at"))
    return statement


@cache
def _claim(*, of_one: bool) -> ReturningUpdate[Any]:
    of_pipeline = exists().where(pauses.c.pipeline == jobs.c.pipeline)
    in_order = select(jobs.c.id).where(jobs.c.id.in_(bindparam("ids", expanding=True))).order_by(jobs.c.id)
    wanted = jobs.c.id == bindparam("the_id") if of_one else among(jobs.c.id, in_order.with_for_update())
    claim = compare_and_set(Move.CLAIM).where(
        wanted, jobs.c.not_before.is_(None), ~of_pipeline.where(pauses.c.until > bindparam("now"))
    )
    return claim.values(attempt=jobs.c.attempt + 1).returning(*jobs.c, of_pipeline.label("is_paused"))


@cache
def _claim_first() -> ReturningUpdate[Any]:
    queue = (
        jobs.c.lane == bindparam("the_lane"),
        jobs.c.priority == bindparam("the_rank"),
        jobs.c.owner == bindparam("the_owner"),
    )
    first = select(jobs.c.id).where(IS_WAITING, *queue).order_by(jobs.c.turn).limit(1)
    claim = compare_and_set(Move.CLAIM).where(
        jobs.c.id == first.with_for_update(skip_locked=True).scalar_subquery(),
        jobs.c.attempt == 0,
    )
    return claim.values(attempt=jobs.c.attempt + 1).returning(*jobs.c, false().label("is_paused"))


def compare_and_set(move: Move) -> Update:
    """The update of the jobs in a state that ``move`` leaves; which of them, and to what, is to be added."""
    # An IN would be expanded anew whenever the statement runs.
    return update(jobs).where(or_(*(jobs.c.state == source for source in sorted(MOVES[move][0]))))
