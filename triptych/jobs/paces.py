"""How fast a lane works: what each pipeline's recent runs took and how many run at a time, remembered for a moment."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from triptych.jobs.states import JobState
from triptych.jobs.tables import IS_FINISHED, jobs
from triptych.workers import FORGET_AFTER_S, LANE_SLOTS

RECENT_RUNS = 50
REMEMBER_S = 2.0  # every submit and every claim asks

_RECENT = (
    select((jobs.c.finished_at - jobs.c.started_at).label("seconds"))
    .where(
        jobs.c.pipeline == bindparam("pipeline"),
        jobs.c.state == JobState.SUCCEEDED,
        IS_FINISHED,  # so that the index gives the order
    )
    .order_by(jobs.c.finished_at.desc())
    .limit(RECENT_RUNS)
    .subquery()
)
_MEAN_RUN = select(func.avg(_RECENT.c.seconds))
_SLOTS = select(LANE_SLOTS)


@dataclass(frozen=True, slots=True)
class Pace:
    """``mean_run_s``: what the pipeline's recent runs took, None while there were none; ``slots``: runs at a time."""

    mean_run_s: float | None
    slots: int


class Paces:
    """The paces of one process, each asked of the database at most once every ``REMEMBER_S``."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, Pace]] = {}
        self._slots: dict[str, tuple[float, int]] = {}

    def pace(self, connection: Connection, lane: str, pipeline: str, now: float) -> Pace:
        """The pace of ``pipeline`` on ``lane``."""
        asked_at, known = self._known.get((lane, pipeline), (float("-inf"), None))
        if known is not None and (asked_at == now or (known.mean_run_s is not None and _is_recent(asked_at, now))):
            return known
        mean_run_s = connection.execute(_MEAN_RUN, {"pipeline": pipeline}).scalar()
        pace = Pace(None if mean_run_s is None else float(mean_run_s), self.slots(connection, lane, now))
        self._known[lane, pipeline] = now, pace
        return pace

    def slots(self, connection: Connection, lane: str, now: float) -> int:
        """How many runs at a time the lane's workers do; 0 while there are none."""
        asked_at, known = self._slots.get(lane, (float("-inf"), 0))
        if asked_at == now or (known and _is_recent(asked_at, now)):
            return known
        slots = int(connection.execute(_SLOTS, {"lane": lane, "since": now - FORGET_AFTER_S}).scalar() or 0)
        self._slots[lane] = now, slots
        return slots


def _is_recent(asked_at: float, now: float) -> bool:
    return 0 <= now - asked_at < REMEMBER_S
