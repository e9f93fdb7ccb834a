"""Where a queued job stands and how long it should take, from the rows ahead of it and the runs before it."""

from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, text

from triptych.jobs.job import Place
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs
from triptych.workers import lane_slots

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
_MEAN_RUN_S = select(func.avg(_RECENT.c.seconds))


def place_of(connection: Connection, row: Row[Any], now: float) -> Place | None:
    """The place of a queued job; None for a job that is not queued. ``now`` tells which workers are there.

    The expected time is the mean of each pipeline's recent runs, over the jobs ahead and the job itself, shared by the
    slots of the lane's workers. It is None while one of these pipelines has never run, or no worker is there.
    """
    if row.state != JobState.QUEUED:
        return None
    where = {"lane": row.lane, "rank": row.priority, "since": row.queued_at, "job": row.id}
    ahead = {found.pipeline: found.jobs for found in connection.execute(_AHEAD, where)}
    means = {pipeline: _mean_run_s(connection, pipeline) for pipeline in {row.pipeline, *ahead}}
    known = {pipeline: mean for pipeline, mean in means.items() if mean is not None}
    slots = lane_slots(connection, row.lane, now)
    if len(known) < len(means) or not slots:
        return Place(sum(ahead.values()) + 1, None)
    seconds_ahead = sum(count * known[pipeline] for pipeline, count in ahead.items())
    return Place(sum(ahead.values()) + 1, round(seconds_ahead / slots + known[row.pipeline], 1))


def _mean_run_s(connection: Connection, pipeline: str) -> float | None:
    mean = connection.execute(_MEAN_RUN_S, {"pipeline": pipeline}).scalar_one()
    return None if mean is None else float(mean)
