"""How many jobs wait in the queues of a lane, by pipeline, at a cost that does not grow with them.

Up to ``COUNTED`` jobs of a queue are counted one by one, or ``COUNTED_OF_ALL`` where it is asked of all owners at once.
Beyond that the turns that were given out behind the last one counted tell how many there are, too many where some have
been cancelled meanwhile; and those that were counted stand for the mix of the rest.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection, Select, bindparam, func, select, text

from triptych.jobs.states import Priority
from triptych.jobs.tables import IS_WAITING, jobs

COUNTED = 1000
COUNTED_OF_ALL = 10_000
LAST = 2**62  # behind every turn

_OF_QUEUE = (
    IS_WAITING,
    jobs.c.lane == bindparam("lane"),
    jobs.c.priority == bindparam("rank"),
    jobs.c.owner == bindparam("the_owner"),
    jobs.c.turn < bindparam("turn"),
)


def _counted() -> Select[tuple[str, int]]:
    some = select(jobs.c.pipeline).where(*_OF_QUEUE).order_by(jobs.c.turn).limit(COUNTED).subquery()
    return select(some.c.pipeline, func.count().label("jobs")).group_by(some.c.pipeline)


_SOME = _counted()
_UP_TO = select(jobs.c.turn).where(*_OF_QUEUE).order_by(jobs.c.turn).limit(1).offset(COUNTED - 1)
_FIRST = select(func.min(jobs.c.turn)).where(*_OF_QUEUE, jobs.c.turn > 0)
_LAST = select(jobs.c.turn).where(*_OF_QUEUE).order_by(jobs.c.turn.desc()).limit(1)
# From one owner to the next along the index (see queues.py); of each the turn of the last job that is counted, NULL if
# there are fewer, and the first and the last that were given out; then the jobs up to the first of these. Materialized,
# or SQLite asks again for every job.
_ITS = f"{IS_WAITING.text} AND lane = :lane AND priority = :rank AND jobs.owner = queue.owner"
_EACH = f"""
    WITH RECURSIVE queue(owner) AS (
        SELECT min(owner) FROM jobs WHERE {IS_WAITING.text} AND lane = :lane AND priority = :rank
        UNION ALL
        SELECT (SELECT min(jobs.owner) FROM jobs
                WHERE {IS_WAITING.text} AND lane = :lane AND priority = :rank AND jobs.owner > queue.owner)
        FROM queue WHERE queue.owner IS NOT NULL
    ), whole(owner, up_to, first_turn, last_turn) AS MATERIALIZED (
        SELECT owner,
               (SELECT turn FROM jobs WHERE {_ITS} ORDER BY turn LIMIT 1 OFFSET :most - 1),
               (SELECT min(turn) FROM jobs WHERE {_ITS} AND turn > 0),
               (SELECT max(turn) FROM jobs WHERE {_ITS})
        FROM queue WHERE owner IS NOT NULL
    )
    SELECT queue.owner, jobs.pipeline, count(*) AS jobs, queue.up_to, queue.first_turn, queue.last_turn
    FROM whole AS queue CROSS JOIN {{counted}}
    GROUP BY queue.owner, queue.up_to, queue.first_turn, queue.last_turn, jobs.pipeline
    """  # noqa: S608 -- of our own words
# SQLite knows no LATERAL; and PostgreSQL would go through all that wait to find those with such turns.
_ON_SQLITE = text(_EACH.format(counted=f"jobs WHERE {_ITS} AND jobs.turn <= coalesce(queue.up_to, {LAST})"))
_FIRST_OF_EACH = f"SELECT pipeline FROM jobs WHERE {_ITS} ORDER BY turn LIMIT :most"  # noqa: S608 -- of our own words
_ON_POSTGRESQL = text(_EACH.format(counted=f"LATERAL ({_FIRST_OF_EACH}) AS jobs"))


@dataclass(slots=True)
class _Queue:
    """What was counted of one owner's queue: all of it, or those with turns ``up_to`` that of the last one counted.

    ``first_turn`` is the first that was given out: jobs that run again have none but 0. None where all of them do.
    """

    up_to: int | None
    first_turn: int | None
    last_turn: int
    counted: dict[str, int] = field(default_factory=dict)

    def by_pipeline(self) -> dict[str, float]:
        """The whole of it."""
        if self.up_to is None or self.first_turn is None:
            return {pipeline: float(count) for pipeline, count in self.counted.items()}
        rest = self.last_turn - max(self.up_to, self.first_turn - 1)
        times = 1 + rest / sum(self.counted.values())
        return {pipeline: count * times for pipeline, count in self.counted.items()}


def waiting_of(connection: Connection, lane: str, rank: int, owner: str, before: int = LAST) -> dict[str, float]:
    """How many waiting jobs of one class an owner has whose turn comes ``before``, by pipeline."""
    where = {"lane": lane, "rank": rank, "the_owner": owner, "turn": before}
    some = {row.pipeline: row.jobs for row in connection.execute(_SOME, where)}
    if sum(some.values()) < COUNTED:
        return {pipeline: float(count) for pipeline, count in some.items()}
    up_to, first, last = (connection.execute(one, where).scalar() for one in (_UP_TO, _FIRST, _LAST))
    return _Queue(up_to, first, last or 0, some).by_pipeline()


def waiting_of_each(
    connection: Connection, lane: str, priority: Priority, owners: Collection[str], most: float = COUNTED
) -> dict[str, dict[str, float]]:
    """How many waiting jobs of one class each of ``owners`` has, by pipeline; the first ``most`` are of interest."""
    if not owners:
        return {}
    counted = max(min(round(most), COUNTED, COUNTED_OF_ALL // len(owners)), 1)
    queues: dict[str, _Queue] = {}
    of_all = _ON_POSTGRESQL if connection.dialect.name == "postgresql" else _ON_SQLITE
    for row in connection.execute(of_all, {"lane": lane, "rank": priority.rank, "most": counted}):
        queue = queues.setdefault(row.owner, _Queue(row.up_to, row.first_turn, row.last_turn))
        queue.counted[row.pipeline] = row.jobs
    return {owner: queues[owner].by_pipeline() for owner in owners if owner in queues}
