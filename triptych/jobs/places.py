"""Where a queued job stands and how long it should take, from the rows ahead of it and the runs before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, text

from triptych.jobs.job import Job, Place
from triptych.jobs.states import JobState, Priority
from triptych.jobs.tables import jobs
from triptych.workers import FORGET_AFTER_S, LANE_SLOTS

RECENT_RUNS = 20

# The jobs of a lane that are admitted before one, were nothing else to arrive. Built once: it runs with every submit.
_AHEAD = (
    select(jobs.c.pipeline, func.count().label("jobs"))
    .where(
        text("state = 'queued'"),
        jobs.c.lane == bindparam("lane"),
        or_(
            jobs.c.priority < bindparam("rank"),
            and_(
                jobs.c.priority == bindparam("rank"),
                or_(
                    jobs.c.queued_at < bindparam("since"),
                    and_(jobs.c.queued_at == bindparam("since"), jobs.c.id < bindparam("job")),
                ),
            ),
        ),
    )
    .group_by(jobs.c.pipeline)
)
_RECENT = (
    select((jobs.c.finished_at - jobs.c.started_at).label("seconds"))
    .where(jobs.c.pipeline == bindparam("pipeline"), jobs.c.state == JobState.SUCCEEDED)
    .order_by(jobs.c.finished_at.desc())
    .limit(RECENT_RUNS)
    .subquery()
)
_PACE = select(select(func.avg(_RECENT.c.seconds)).scalar_subquery().label("mean_run_s"), LANE_SLOTS.label("slots"))


def place_of(connection: Connection, row: Row[Any], now: float) -> Place | None:
    """The place of a queued job; None for a job that is not queued. ``now`` tells which workers are there.

    The expected time is the mean of each pipeline's recent runs, over the jobs ahead and the job itself, shared by the
    slots of the lane's workers. It is None while one of these pipelines has never run, or no worker is there.
    """
    if row.state != JobState.QUEUED:
        return None
    return _Outlook(connection, now).place(row.lane, row.pipeline, _ahead(connection, row, row.priority))


def places_of(connection: Connection, accepted: Sequence[Job], now: float) -> dict[str, Place]:
    """The places, by id, of jobs that were queued at one time just now and whose rows are there."""
    outlook = _Outlook(connection, now)
    places: dict[str, Place] = {}
    ahead: dict[tuple[str, Priority], dict[str, int]] = {}
    for job in sorted(accepted, key=attrgetter("id")):  # in the order in which they are admitted
        which = (job.lane, job.priority)
        if which not in ahead:
            ahead[which] = _ahead(connection, job, job.priority.rank)
        places[job.id] = outlook.place(job.lane, job.pipeline, ahead[which])
        ahead[which][job.pipeline] = ahead[which].get(job.pipeline, 0) + 1
    return places


def _ahead(connection: Connection, job: Row[Any] | Job, rank: int) -> dict[str, int]:
    """How many jobs of which pipeline are admitted before ``job``."""
    where = {"lane": job.lane, "rank": rank, "since": job.queued_at, "job": job.id}
    return {found.pipeline: found.jobs for found in connection.execute(_AHEAD, where)}


@dataclass(frozen=True, slots=True)
class _Pace:
    """How long a pipeline's recent runs took, None while there were none, and how many runs its lane does at a time."""

    mean_run_s: float | None
    slots: int


class _Outlook:
    """What a queue's jobs should take, asked of the database once for each pipeline and lane."""

    def __init__(self, connection: Connection, now: float) -> None:
        self._connection, self._since = connection, now - FORGET_AFTER_S
        self._paces: dict[tuple[str, str], _Pace] = {}

    def place(self, lane: str, pipeline: str, ahead: Mapping[str, int]) -> Place:
        """Behind the jobs of ``ahead``, which are counted by pipeline."""
        position = sum(ahead.values()) + 1
        own, ahead_s = self._pace(lane, pipeline), 0.0
        for before, count in ahead.items():
            mean_s = self._pace(lane, before).mean_run_s
            if mean_s is None:
                return Place(position, None)
            ahead_s += count * mean_s
        if own.mean_run_s is None or not own.slots:
            return Place(position, None)
        return Place(position, round(ahead_s / own.slots + own.mean_run_s, 1))

    def _pace(self, lane: str, pipeline: str) -> _Pace:
        if (lane, pipeline) not in self._paces:
            asked = {"lane": lane, "pipeline": pipeline, "since": self._since}
            found = self._connection.execute(_PACE, asked).one()
            mean_s = None if found.mean_run_s is None else float(found.mean_run_s)
            self._paces[lane, pipeline] = _Pace(mean_s, int(found.slots or 0))
        return self._paces[lane, pipeline]
