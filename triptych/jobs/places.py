"""Where a queued job stands and how long it should take, from the rows ahead of it and the runs before it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select, text

from triptych.jobs.job import Place
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs

RECENT_RUNS = 20


@dataclass(frozen=True, slots=True)
class _Ahead:
    count: int
    seconds: float | None


def place_of(connection: Connection, row: Row[Any], slots: int) -> Place | None:
    """The place of a queued job on a lane served by ``slots`` runs at a time; None for a job that is not queued.

    The expected time is the mean of each pipeline's recent runs, over the jobs ahead and the job itself; it is None
    while a pipeline ahead has never run.
    """
    if row.state != JobState.QUEUED:
        return None
    ahead = _ahead(connection, row)
    own = _mean_run_s(connection, row.pipeline)
    eta_s = None if ahead.seconds is None or own is None else round(ahead.seconds / slots + own, 1)
    return Place(ahead.count + 1, eta_s)


def _ahead(connection: Connection, row: Row[Any]) -> _Ahead:
    """The jobs of the lane that are admitted before this one, were nothing else to arrive."""
    sooner = or_(
        jobs.c.priority < row.priority,
        and_(jobs.c.priority == row.priority, jobs.c.queued_at < row.queued_at),
        and_(jobs.c.priority == row.priority, jobs.c.queued_at == row.queued_at, jobs.c.id < row.id),
    )
    counts = connection.execute(
        select(jobs.c.pipeline, func.count())
        .where(text("state = 'queued'"), jobs.c.lane == row.lane, sooner)
        .group_by(jobs.c.pipeline)
    ).all()
    count, seconds = 0, 0.0
    for pipeline, jobs_ahead in counts:
        mean = _mean_run_s(connection, pipeline)
        if mean is None:
            return _Ahead(sum(n for _, n in counts), None)
        count, seconds = count + jobs_ahead, seconds + jobs_ahead * mean
    return _Ahead(count, seconds)


def _mean_run_s(connection: Connection, pipeline: str) -> float | None:
    recent = (
        select((jobs.c.finished_at - jobs.c.started_at).label("seconds"))
        .where(jobs.c.pipeline == pipeline, jobs.c.state == JobState.SUCCEEDED)
        .order_by(jobs.c.finished_at.desc())
        .limit(RECENT_RUNS)
        .subquery()
    )
    mean = connection.execute(select(func.avg(recent.c.seconds))).scalar_one()
    return None if mean is None else float(mean)
