"""The queues of a lane, one for each owner and class: who has one, whose turn is next, who has how many in flight."""

from sqlalchemy import Connection, bindparam, func, select, text

from triptych.jobs.states import Priority
from triptych.jobs.tables import IS_RUNG, IS_RUNNING, IS_WAITING, jobs

# Found by skipping from one owner to the next along the index: the cost is the number of owners, not of waiting jobs
# ("loose index scan", https://wiki.postgresql.org/wiki/Loose_indexscan).
_IN_QUEUE = f"{IS_WAITING.text} AND lane = :lane AND priority = :priority"
_OWNERS_WAITING = text(
    f"""
    WITH RECURSIVE waiting(owner) AS (
        SELECT min(owner) FROM jobs WHERE {_IN_QUEUE}
        UNION ALL
        SELECT (SELECT min(jobs.owner) FROM jobs WHERE {_IN_QUEUE} AND jobs.owner > waiting.owner)
        FROM waiting WHERE waiting.owner IS NOT NULL
    )
    SELECT owner FROM waiting WHERE owner IS NOT NULL
    """  # noqa: S608 -- of our own words
)
# The first job of each queue, found in the same way: its id names the owner to skip from.
_HEADS = text(
    f"""
    WITH RECURSIVE heads(id) AS (
        SELECT (SELECT id FROM jobs WHERE {_IN_QUEUE} ORDER BY owner, turn LIMIT 1)
        UNION ALL
        SELECT (SELECT jobs.id FROM jobs WHERE {_IN_QUEUE} AND jobs.owner > head.owner
                ORDER BY jobs.owner, jobs.turn LIMIT 1)
        FROM heads JOIN jobs AS head ON head.id = heads.id
    )
    SELECT jobs.owner, jobs.queued_at FROM heads JOIN jobs ON jobs.id = heads.id
    """  # noqa: S608 -- of our own words
)
_BY_OWNER = select(jobs.c.owner, func.count()).where(jobs.c.lane == bindparam("lane")).group_by(jobs.c.owner)
_RUNG = _BY_OWNER.where(IS_RUNG)
_RUNNING = _BY_OWNER.where(IS_RUNNING)
_LAST_TURN = select(func.max(jobs.c.turn)).where(
    IS_WAITING,
    jobs.c.lane == bindparam("lane"),
    jobs.c.priority == bindparam("rank"),
    jobs.c.owner == bindparam("the_owner"),
)


def owners_waiting(connection: Connection, lane: str, priority: Priority) -> list[str]:
    """The owners with waiting jobs of this class, in alphabetical order."""
    return list(connection.execute(_OWNERS_WAITING, {"lane": lane, "priority": priority.rank}).scalars())


def heads(connection: Connection, lane: str, priority: Priority) -> list[tuple[str, float]]:
    """The owners with waiting jobs of this class, and since when the first of each waits."""
    found = connection.execute(_HEADS, {"lane": lane, "priority": priority.rank})
    return [(owner, queued_at) for owner, queued_at in found]


def in_flight(connection: Connection, lane: str) -> dict[str, int]:
    """How many jobs each owner has in the lane's window or running."""
    counts: dict[str, int] = {}
    for statement in (_RUNG, _RUNNING):
        for owner, count in connection.execute(statement, {"lane": lane}):
            counts[owner] = counts.get(owner, 0) + count
    return counts


class Turns:
    """Gives out turns behind the jobs that wait already, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: dict[tuple[str, int, str], int] = {}

    def next(self, lane: str, rank: int, owner: str) -> int:
        """The turn of the next job in this queue."""
        queue = (lane, rank, owner)
        if queue not in self._last:
            where = {"lane": lane, "rank": rank, "the_owner": owner}
            self._last[queue] = self._connection.execute(_LAST_TURN, where).scalar() or 0
        self._last[queue] += 1
        return self._last[queue]
