"""How many jobs wait in the queues of a lane, by pipeline, at a cost that does not grow with them.

Up to ``COUNTED`` jobs of a queue are counted one by one, or ``COUNTED_OF_ALL`` where it is asked of all owners at once.
Beyond that the turns that were given out tell how many there are, too many where some have been cancelled meanwhile;
and those that were counted stand for the mix of the rest.
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
_FIRST = select(jobs.c.turn).where(*_OF_QUEUE).order_by(jobs.c.turn).limit(1)
_LAST = select(jobs.c.turn).where(*_OF_QUEUE).order_by(jobs.c.turn.desc()).limit(1)
# From one owner to the next along the index (see queues.py); of each the last turn there is, and that of the last job
# that is counted, NULL if there are fewer; then the jobs up to it. Materialized, or SQLite asks again for every job.
_ITS = f"{IS_WAITING.text} AND lane = :lane AND priority = :rank AND jobs.owner = queue.owner"
_OF_ALL = text(
    f"""
    WITH RECURSIVE queue(owner) AS (
        SELECT min(owner) FROM jobs WHERE {IS_WAITING.text} AND lane = :lane AND priority = :rank
        UNION ALL
        SELECT (SELECT min(jobs.owner) FROM jobs
                WHERE {IS_WAITING.text} AND lane = :lane AND priority = :rank AND jobs.owner > queue.owner)
        FROM queue WHERE queue.owner IS NOT NULL
    ), whole(owner, up_to, last_turn) AS MATERIALIZED (
        SELECT owner,
               (SELECT turn FROM jobs WHERE {_ITS} ORDER BY turn LIMIT 1 OFFSET :most - 1),
               (SELECT max(turn) FROM jobs WHERE {_ITS})
        FROM queue WHERE owner IS NOT NULL
    )
    SELECT queue.owner, jobs.pipeline, count(*) AS jobs, min(jobs.turn) AS first_turn, queue.last_turn
    FROM whole AS queue CROSS JOIN jobs
    WHERE {_ITS} AND jobs.turn <= coalesce(queue.up_to, {LAST})
    GROUP BY queue.owner, queue.last_turn, jobs.pipeline
    """  # noqa: S608 -- of our own words
)


@dataclass(slots=True)
class _Queue:
    """What was counted of one owner's queue, from ``first_turn`` on."""

    first_turn: int
    last_turn: int
    counted: dict[str, int] = field(default_factory=dict)

    def by_pipeline(self, most: int) -> dict[str, float]:
        """The whole of it, where ``most`` jobs were counted at most."""
        counted = sum(self.counted.values())
        times = 1.0 if counted < most else max((self.last_turn - self.first_turn + 1) / counted, 1.0)
        return {pipeline: count * times for pipeline, count in self.counted.items()}


def waiting_of(connection: Connection, lane: str, rank: int, owner: str, before: int = LAST) -> dict[str, float]:
    """How many waiting jobs of one class an owner has whose turn comes ``before``, by pipeline."""
    where = {"lane": lane, "rank": rank, "the_owner": owner, "turn": before}
    some = {row.pipeline: row.jobs for row in connection.execute(_SOME, where)}
    if sum(some.values()) < COUNTED:
        return {pipeline: float(count) for pipeline, count in some.items()}
    first, last = connection.execute(_FIRST, where).scalar_one(), connection.execute(_LAST, where).scalar_one()
    return _Queue(first, last, some).by_pipeline(COUNTED)


def waiting_of_each(
    connection: Connection, lane: str, priority: Priority, owners: Collection[str], most: float = COUNTED
) -> dict[str, dict[str, float]]:
    """How many waiting jobs of one class each of ``owners`` has, by pipeline; the first ``most`` are of interest."""
    if not owners:
        return {}
    counted = max(min(round(most), COUNTED, COUNTED_OF_ALL // len(owners)), 1)
    queues: dict[str, _Queue] = {}
    for row in connection.execute(_OF_ALL, {"lane": lane, "rank": priority.rank, "most": counted}):
        queue = queues.setdefault(row.owner, _Queue(row.first_turn, row.last_turn))
        queue.first_turn = min(queue.first_turn, row.first_turn)
        queue.counted[row.pipeline] = row.jobs
    return {owner: queues[owner].by_pipeline(counted) for owner in owners if owner in queues}
