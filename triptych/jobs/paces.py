"""How fast a lane works: what each pipeline's recent runs took and how many run at a time, remembered for a moment."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs
from triptych.workers import FORGET_AFTER_S, LANE_SLOTS

RECENT_RUNS = 20
REMEMBER_S = 2.0  # every submit and every claim asks

_RECENT = (
    select((jobs.c.finished_at - jobs.c.started_at).label("seconds"))
    .where(
        jobs.c.pipeline == bindparam("pipeline"),
        jobs.c.state == JobState.SUCCEEDED,
        jobs.c.finished_at.is_not(None),  # so that the index gives the order
    )
    .order_by(jobs.c.finished_at.desc())
    .limit(RECENT_RUNS)
    .subquery()
)
_PACE = select(select(func.avg(_RECENT.c.seconds)).scalar_subquery().label("mean_run_s"), LANE_SLOTS.label("slots"))


@dataclass(frozen=True, slots=True)
class Pace:
    """``mean_run_s``: what the pipeline's recent runs took, None while there were none; ``slots``: runs at a time."""

    mean_run_s: float | None
    slots: int


class Paces:
    """The paces of one process, each asked of the database at most once every ``REMEMBER_S``."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, Pace]] = {}

    def pace(self, connection: Connection, lane: str, pipeline: str, now: float) -> Pace:
        """The pace of ``pipeline`` on ``lane``."""
        asked_at, known = self._known.get((lane, pipeline), (float("-inf"), None))
        if known is not None and known.mean_run_s is not None and 0 <= now - asked_at < REMEMBER_S:
            return known
        where = {"lane": lane, "pipeline": pipeline, "since": now - FORGET_AFTER_S}
        found = connection.execute(_PACE, where).one()
        mean_run_s = None if found.mean_run_s is None else float(found.mean_run_s)
        pace = Pace(mean_run_s, int(found.slots or 0))
        self._known[lane, pipeline] = now, pace
        return pace
