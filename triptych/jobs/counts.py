"""How much of what there is: by lane for the workers' sake, by state and pipeline for the owner's."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from pipelines.contract import Lane
from triptych.jobs.lengths import waiting_of_each
from triptych.jobs.pauses import Pause, list_pauses
from triptych.jobs.queues import owners_waiting
from triptych.jobs.states import Priority
from triptych.jobs.tables import IS_DELAYED, IS_RUNG, IS_RUNNING, jobs
from triptych.store import Store

_BY_LANE = select(jobs.c.lane, func.count().label("jobs")).group_by(jobs.c.lane)
_RUNG = _BY_LANE.where(IS_RUNG)
_DELAYED = _BY_LANE.where(IS_DELAYED)
_RUNNING = _BY_LANE.where(IS_RUNNING)


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
    """The load of every lane, everybody's jobs together; where thousands wait it is about how many."""
    with store.database.read() as connection:
        rung, delayed, running = (
            {row.lane: row.jobs for row in connection.execute(statement)} for statement in (_RUNG, _DELAYED, _RUNNING)
        )
        queued = {lane: rung.get(lane, 0) + delayed.get(lane, 0) + _waiting(connection, lane) for lane in Lane}
        pauses = list_pauses(connection)
    return [
        LaneLoad(lane, queued[lane], running.get(lane, 0), [one for one in pauses if one.lane == lane]) for lane in Lane
    ]


def _waiting(connection: Connection, lane: Lane) -> int:
    """Told from the turns where it is many, so that it costs the same."""
    queues = (
        waiting_of_each(connection, lane, priority, owners_waiting(connection, lane, priority)) for priority in Priority
    )
    return round(sum(sum(queue.values()) for by_owner in queues for queue in by_owner.values()))


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
        rows = connection.execute(select(jobs.c.worker, func.count()).where(IS_RUNNING).group_by(jobs.c.worker))
        return {worker: count for worker, count in rows if worker is not None}
