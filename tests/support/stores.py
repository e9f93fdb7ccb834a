"""A store as a test wants it: its clock moved by hand, its settings changed, its windows filled step by step."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Select

from pipelines.catalogue import Pipeline
from pipelines.contract import Lane
from triptych.jobs.admission import admit
from triptych.jobs.job import Job
from triptych.jobs.states import Priority
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit_all
from triptych.rings import Ring
from triptych.store import Store
from triptych.wire import GAP_MARK, STREAM, connect

SHUT = -1
NOON = 1_800_000_000.0


class HandClock:
    """A clock that stands until it is moved, in seconds since the epoch."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def with_settings(store: Store, **changes: object) -> Store:
    """The same store under other settings. A window of SHUT lets no job into Redis."""
    return replace(store, settings=store.settings.model_copy(update=changes))


def somebody_waits(store: Store) -> bool:
    """Whether a transaction waits for a lock that another holds, on PostgreSQL."""
    return transactions_waiting(store) > 0


def transactions_waiting(store: Store) -> int:
    """How many transactions wait for a lock that another holds, on PostgreSQL."""
    with store.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar() or 0)


@contextmanager
def row_held(store: Store, row: Select[Any]) -> Iterator[None]:  # Any: columns
    """Another transaction has what ``row`` selects, for as long as the block."""
    with store.database.write() as connection:
        connection.execute(row.with_for_update())
        yield


def waiting_jobs(
    store: Store, owner: str, count: int, pipeline: Pipeline, priority: Priority = Priority.INTERACTIVE
) -> list[Job]:
    """Jobs that were accepted while their lane's window was shut, in the order of their turns."""
    wanted = [Submission(owner, pipeline, {}, priority=priority) for _ in range(count)]
    return submit_all(with_settings(store, window=SHUT), wanted)


def admitted(store: Store, lane: Lane = Lane.CPU) -> list[Ring]:
    """What is rung for when the lane's window is filled now."""
    with store.database.write() as connection:
        rings = admit(connection, store, lane, store.clock())
    store.wire.send(rings)
    return rings


def ids_of(found: Iterable[Job | Ring]) -> list[str]:
    """The ids of jobs, or of those that are rung for, in order."""
    return [job_id for one in found for job_id in (one.job_ids if isinstance(one, Ring) else [one.id])]


def stream_begun(store: Store, ago_s: float) -> None:
    """Let the stream of events hold a mark that is so old."""
    begun = int(1000 * (store.wire.time() - ago_s))
    connect(store.settings.redis).xadd(STREAM, GAP_MARK, id=f"{begun}-0")
