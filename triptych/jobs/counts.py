"""How much of what there is: by lane for the workers' sake, by state and pipeline for the owner's."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text

from pipelines.contract import Lane
from triptych.jobs.pauses import Pause, list_pauses
from triptych.jobs.tables import jobs
from triptych.store import Store

# In the words of the partial indexes, so that finished jobs are never looked at.
_QUEUED = select(jobs.c.lane, func.count().label("jobs")).where(text("state = 'queued'")).group_by(jobs.c.lane)
_RUNNING = select(jobs.c.lane, func.count().label("jobs")).where(text("state = 'running'")).group_by(jobs.c.lane)


@dataclass(frozen=True, slots=True)
class LaneLoad:
    """What a lane has to do and is doing."""

    lane: Lane
    queued: int
    running: int
    paused: Sequence[Pause]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many jobs of one pipeline are in one state."""

    pipeline: str
    state: str
    jobs: int


def lane_loads(store: Store) -> list[LaneLoad]:
    """The load of every lane, everybody's jobs together."""
    with store.database.read() as connection:
        queued = {row.lane: row.jobs for row in connection.execute(_QUEUED)}
        running = {row.lane: row.jobs for row in connection.execute(_RUNNING)}
        pauses = list_pauses(connection)
    return [
        LaneLoad(lane, queued.get(lane, 0), running.get(lane, 0), [one for one in pauses if one.lane == lane])
        for lane in Lane
    ]


def tallies(store: Store, owner: str) -> list[Tally]:
    """The owner's jobs by pipeline and state."""
    with store.database.read() as connection:
        rows = connection.execute(
            select(jobs.c.pipeline, jobs.c.state, func.count())
            .where(jobs.c.owner == owner)
            .group_by(jobs.c.pipeline, jobs.c.state)
            .order_by(jobs.c.pipeline, jobs.c.state)
        )
        return [Tally(*row) for row in rows]


def running_by_worker(store: Store) -> dict[str, int]:
    """How many jobs each worker is running, by its name."""
    with store.database.read() as connection:
        rows = connection.execute(
            select(jobs.c.worker, func.count()).where(text("state = 'running'")).group_by(jobs.c.worker)
        )
        return {worker: count for worker, count in rows if worker is not None}
