"""A lane's window in Redis, as the rows tell it: what is in it, and who waits for a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, select, true

from pipelines.contract import Lane
from triptych.jobs.last_chances import last_chances
from triptych.jobs.states import Priority
from triptych.jobs.tables import IS_RUNG, IS_WAITING, jobs, pauses
from triptych.rings import Ring
from triptych.store import Store

PLACES_A_SLOT = 2
PLACES_FOR_NOBODY = 16  # while no worker has said that it is there


# Ordered, because PostgreSQL would else look for any row of the lane by reading the table from its beginning.
_FIRST = (
    select(jobs.c.priority, jobs.c.owner, jobs.c.batch)
    .where(IS_WAITING, jobs.c.lane == bindparam("the_lane"))
    .order_by(jobs.c.lane, jobs.c.priority, jobs.c.owner, jobs.c.turn)
    .limit(1)
    .subquery("first")
)
_RUNG = (
    select(
        func.coalesce(func.sum(jobs.c.share), 0.0).label("taken"),
        func.min(jobs.c.priority).label("best_rung"),
        func.min(jobs.c.owner).label("first_rung_owner"),
        func.max(jobs.c.owner).label("last_rung_owner"),
    )
    .where(IS_RUNG, jobs.c.lane == bindparam("the_lane"))
    .subquery("rung")
)
_LAST_OWNER = (
    select(jobs.c.owner)
    .where(IS_WAITING, jobs.c.lane == bindparam("the_lane"), jobs.c.priority == _FIRST.c.priority)
    .order_by(jobs.c.lane.desc(), jobs.c.priority.desc(), jobs.c.owner.desc())
    .limit(1)
    .correlate(_FIRST)
)
WINDOW = select(
    _RUNG,
    _FIRST.c.priority.label("rank"),
    _FIRST.c.owner.label("first_owner"),
    _LAST_OWNER.scalar_subquery().label("last_owner"),
    _FIRST.c.batch.label("first_batch"),
    exists().where(pauses.c.lane == bindparam("the_lane")).label("is_paused"),
).select_from(_RUNG.outerjoin(_FIRST, true()))
_STILL_RUNG: Select[Any] = select(jobs.c.id, jobs.c.pipeline, jobs.c.priority, jobs.c.failures).where(
    IS_RUNG, jobs.c.lane == bindparam("the_lane"), jobs.c.rung_at < bindparam("before")
)


@dataclass(frozen=True, slots=True)
class Window:
    """What is in the window: how many places are ``taken``, its first class, and its owners (the first and the last).

    And who waits: ``rank`` is their first class, None while nobody waits; ``only_owner`` is who waits in that class,
    None when there are several. ``first_batch`` is how many jobs of the first one's pipeline one message may carry.
    ``is_paused``: a pipeline of the lane is.
    """

    taken: int
    best_rung: int | None
    rung_owners: tuple[str | None, str | None]
    rank: int | None
    only_owner: str | None
    first_batch: int | None
    is_paused: bool

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Build from a row of ``WINDOW``."""
        only = row.first_owner if row.first_owner == row.last_owner else None
        owners = (row.first_rung_owner, row.last_rung_owner)
        return cls(_whole(row.taken), row.best_rung, owners, row.rank, only, row.first_batch, bool(row.is_paused))

    @property
    def is_behind(self) -> bool:
        """Whether nobody waits, or something of a better class than theirs is in the window."""
        return self.rank is None or (self.best_rung is not None and self.best_rung < self.rank)

    @property
    def is_of_one_queue(self) -> bool:
        """Whether what waits comes behind nobody else: the window is empty, or one owner alone has jobs in both."""
        owners = {owner for owner in self.rung_owners if owner is not None}
        return not owners or owners == {self.only_owner}

    @property
    def plain_queue(self) -> tuple[int, str] | None:
        """Class and owner of the queue whose first job is the next, where that needs no choosing; else None.

        Nobody else waits or is in the window, the jobs go one by one, and none is to wait for a server.
        """
        if self.rank is None or self.only_owner is None or not self.is_of_one_queue:
            return None
        if self.first_batch != 1 or self.is_paused:
            return None
        return self.rank, self.only_owner


def look_at_window(connection: Connection, lane: Lane) -> Window:
    """The window of ``lane`` now."""
    return Window.of(connection.execute(WINDOW, {"the_lane": lane}).one())


def size_of_window(connection: Connection, store: Store, lane: Lane, now: float) -> int:
    """How many messages may stand in the lane's window: enough for each slot to find one, and few to wait behind."""
    slots = store.paces.slots(connection, lane, now)
    return store.settings.window or (PLACES_A_SLOT * slots if slots else PLACES_FOR_NOBODY)


def free_places(connection: Connection, store: Store, lane: Lane, now: float) -> int:
    """How many new jobs may be rung at once: the window's free places, none while somebody waits for one."""
    found = look_at_window(connection, lane)
    if found.rank is not None or found.is_paused or store.flights.bounds(connection, store.settings, now):
        return 0  # admission decides
    return size_of_window(connection, store, lane, now) - found.taken


def still_rung(connection: Connection, store: Store, lane: Lane, before: float) -> Sequence[Ring]:
    """Jobs of the window that were rung before ``before`` and that nobody has claimed, each with a ring of its own."""
    rows = connection.execute(_STILL_RUNG, {"the_lane": lane, "before": before}).all()
    alone = last_chances(connection, rows, store.settings.max_attempts)
    return [Ring(lane, row.pipeline, (row.id,), Priority.of(row.priority), row.id in alone) for row in rows]


def _whole(taken: float) -> int:
    """Shares such as a third do not add up to a whole place; what is left over takes one."""
    return -int(-(taken - 1e-6) // 1)
