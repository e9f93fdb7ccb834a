"""The end of a run and the claim of the job that comes next, by one statement of PostgreSQL's.

A statement that is its own transaction costs one round trip, where the same as a transaction of four statements costs
six: most of what a job costs that does next to nothing.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CTE, Connection, Row, Select, bindparam, column, exists, or_, select, table, text, true

from pipelines.contract import Lane
from triptych.jobs.moves import compare_and_set
from triptych.jobs.states import MOVES, Move
from triptych.jobs.tables import IS_WAITING, jobs
from triptych.jobs.window import WINDOW

_ENDED, _CLAIMED = "ended_", "claimed_"  # both halves set columns of the same names


@dataclass(frozen=True, slots=True)
class Link:
    """Whether the run's end was written, what was claimed by the way, and if not, whether something waits."""

    is_ended: bool
    claimed: Row[Any] | None
    is_waiting: bool


def succeed_and_claim_first(
    connection: Connection,
    job_id: str,
    attempt: int,
    values: dict[str, Any],  # Any: columns of the jobs table, each of its own type, as are the next
    lane: Lane,
    held: dict[str, Any],
) -> Link:
    """Make a run's job succeed with ``values``, and claim the first job of the lane's plain queue with ``held``.

    Nothing is claimed where the window has no plain queue, or its first job had an attempt; nor where the attempt is no
    longer the job's, so that nothing is written. ``connection`` commits each statement.
    """
    asked = {"the_id": job_id, "the_attempt": attempt, "the_lane": lane}
    asked |= {f"{_ENDED}{name}": value for name, value in {"state": MOVES[Move.SUCCEED][1], **values}.items()}
    asked |= {f"{_CLAIMED}{name}": value for name, value in {"state": MOVES[Move.CLAIM][1], **held}.items()}
    row = connection.execute(_statement(frozenset(values), frozenset(held)), asked).one()
    return Link(row.is_ended, None if row.id is None else row, row.is_waiting)


@cache
def _statement(ended_with: frozenset[str], claimed_with: frozenset[str]) -> Select[Any]:
    window = WINDOW.cte("seen")
    ended = (
        compare_and_set(Move.SUCCEED)
        .where(jobs.c.id == bindparam("the_id"), jobs.c.attempt == bindparam("the_attempt"))
        .values(_bound(_ENDED, {"state", *ended_with}))
        .returning(jobs.c.id)
        .cte("ended")
    )
    first = (
        select(jobs.c.id)
        .where(
            IS_WAITING,
            jobs.c.lane == bindparam("the_lane"),
            jobs.c.priority == select(window.c.rank).scalar_subquery(),
            jobs.c.owner == select(window.c.first_owner).scalar_subquery(),
            _has_plain_queue(window),
            exists(select(ended.c.id)),
        )
        .order_by(jobs.c.turn)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        compare_and_set(Move.CLAIM)
        .where(jobs.c.id == first.scalar_subquery(), jobs.c.attempt == 0)
        .values({**_bound(_CLAIMED, {"state", *claimed_with}), "attempt": jobs.c.attempt + 1})
        .returning(text("jobs.*"))  # psycopg parses a statement of more than 4,096 characters whenever it is run
        .cte("claimed")
    )
    its = table("claimed", *(column(one.name, one.type) for one in jobs.c))
    is_ended = exists(select(ended.c.id)).label("is_ended")
    is_waiting = window.c.rank.is_not(None).label("is_waiting")
    return select(*its.c, is_ended, is_waiting).select_from(window.outerjoin(its, true())).add_cte(claimed)


def _bound(prefix: str, names: set[str]) -> dict[str, Any]:
    return {name: bindparam(f"{prefix}{name}", type_=jobs.c[name].type) for name in sorted(names)}


def _has_plain_queue(window: CTE) -> Any:
    """As ``Window.plain_queue`` says it."""
    seen = window.c
    is_alone = or_(
        seen.first_rung_owner.is_(None),
        (seen.first_rung_owner == seen.first_owner) & (seen.last_rung_owner == seen.first_owner),
    )
    return exists(
        select(seen.rank).where(
            seen.first_owner == seen.last_owner,
            or_(seen.best_rung.is_(None), seen.best_rung >= seen.rank),
            is_alone,
            seen.first_batch == 1,
            ~seen.is_paused,
        )
    )
