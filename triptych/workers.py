"""The workers that have lately said that they are there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, Double, Integer, String, Table, bindparam, delete, func, insert, or_, select

from triptych.clocks import check_clock
from triptych.database import metadata

if TYPE_CHECKING:
    from triptych.store import Store  # which holds the paces, which count these workers' slots

FORGET_AFTER_S = 60.0
DROP_AFTER_S = 24 * 3600.0

workers = Table(
    "workers",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("lanes", String(64), nullable=False),  # comma-separated
    Column("slots", Integer, nullable=False),
    Column("version", String(32), nullable=False),
    Column("seen_at", Double, nullable=False),
)


# How many runs at a time the workers that were seen after ``since`` give ``lane``; NULL while there are none.
LANE_SLOTS = (
    select(func.sum(workers.c.slots))
    .where(
        workers.c.seen_at > bindparam("since"),
        ("," + workers.c.lanes + ",").like("%," + bindparam("lane", type_=String) + ",%"),
    )
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker process tree: ``slots`` runs at a time on ``lanes``; ``seen_at`` in seconds since the epoch."""

    name: str
    lanes: tuple[str, ...]
    slots: int
    version: str
    seen_at: float


def report(store: "Store", worker: Worker) -> None:
    """Say that ``worker`` is there; those that were last seen a day before are dropped from the list.

    A clock of this machine that is off is told in the log.
    """
    with store.database.write() as connection:
        check_clock(connection, store.clock)
        gone = workers.c.seen_at < worker.seen_at - DROP_AFTER_S
        connection.execute(delete(workers).where(or_(workers.c.name == worker.name, gone)))
        connection.execute(
            insert(workers),
            {
                "name": worker.name,
                "lanes": ",".join(worker.lanes),
                "slots": worker.slots,
                "version": worker.version,
                "seen_at": worker.seen_at,
            },
        )


def leave(store: "Store", name: str) -> None:
    """Say that the worker called ``name`` is gone."""
    with store.database.write() as connection:
        connection.execute(delete(workers).where(workers.c.name == name))


def present(store: "Store") -> list[Worker]:
    """The workers seen within ``FORGET_AFTER_S``, by name."""
    since = store.clock() - FORGET_AFTER_S
    with store.database.read() as connection:
        rows = connection.execute(select(workers).where(workers.c.seen_at > since).order_by(workers.c.name))
        return [Worker(row.name, tuple(row.lanes.split(",")), row.slots, row.version, row.seen_at) for row in rows]
