"""Where a queued job stands and how long it should take, at a cost that does not grow with the backlog (lengths.py)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select

from triptych.jobs.job import Place
from triptych.jobs.lengths import waiting_of, waiting_of_each
from triptych.jobs.queues import in_flight, owners_waiting
from triptych.jobs.states import JobState, Priority
from triptych.jobs.tables import IS_RUNG, jobs
from triptych.store import Store

LATEST = 1e12  # behind every time: neither database compares with infinity alike

_RUNG = (
    select(jobs.c.pipeline, func.count().label("jobs"))
    .where(
        IS_RUNG,
        jobs.c.lane == bindparam("lane"),
        jobs.c.priority <= bindparam("rank"),
        or_(
            jobs.c.priority < bindparam("rank"),
            jobs.c.rung_at < bindparam("before"),
            and_(jobs.c.rung_at == bindparam("before"), jobs.c.turn < bindparam("turn")),
            and_(
                jobs.c.rung_at == bindparam("before"),
                jobs.c.turn == bindparam("turn"),
                jobs.c.id < bindparam("job"),
            ),
        ),
    )
    .group_by(jobs.c.pipeline)
)


@dataclass(frozen=True, slots=True)
class Queued:
    """What decides where a queued job stands; ``rung_at`` is infinite while it waits for a place in the window."""

    id: str
    owner: str
    pipeline: str
    lane: str
    rank: int
    rung_at: float
    turn: int

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Build from a row of the jobs table."""
        rung_at = float("inf") if row.rung_at is None else row.rung_at
        return cls(row.id, row.owner, row.pipeline, row.lane, row.priority, rung_at, row.turn)


def place_of(connection: Connection, store: Store, row: Row[Any], now: float) -> Place | None:
    """The place of a queued job; None for a job that is not queued, or that waits to be tried again.

    The expected time is the mean of each pipeline's recent runs, over the jobs ahead and the job itself, shared by the
    slots of the lane's workers. It is None while one of these pipelines has never run, or no worker is there; what is
    left of the runs that are under way is not in it.
    """
    if row.state != JobState.QUEUED or row.not_before is not None:
        return None
    job = Queued.of(row)
    return _place(connection, store, job, _ahead(connection, job), now)


def places_of(connection: Connection, store: Store, accepted: Sequence[Queued], now: float) -> dict[str, Place]:
    """The places, by id, of jobs that were queued at one time just now and whose rows are there."""
    queues: dict[tuple[str, str, int], list[Queued]] = {}
    for job in sorted(accepted, key=lambda job: (job.rung_at, job.turn, job.id)):  # in the order of their admission
        queues.setdefault((job.lane, job.owner, job.rank), []).append(job)
    return {
        job.id: _place(connection, store, job, ahead, now)
        for queue in queues.values()
        for job, ahead in zip(queue, _ahead_of_each(connection, queue), strict=True)
    }


def _ahead_of_each(connection: Connection, queue: Sequence[Queued]) -> Iterator[dict[str, float]]:
    """What is ahead of each of an owner's jobs: asked for the first and the last, between which it grows evenly."""
    first = _ahead(connection, queue[0])
    last = _ahead(connection, queue[-1]) if len(queue) > 1 else first
    for number in range(len(queue)):
        share = number / max(len(queue) - 1, 1)
        yield {
            pipeline: first.get(pipeline, 0.0) * (1 - share) + last.get(pipeline, 0.0) * share
            for pipeline in {**first, **last}
        }


def _place(connection: Connection, store: Store, job: Queued, ahead: Mapping[str, float], now: float) -> Place:
    position = round(sum(ahead.values())) + 1
    own, ahead_s = store.paces.pace(connection, job.lane, job.pipeline, now), 0.0
    for pipeline, count in ahead.items():
        mean_s = store.paces.pace(connection, job.lane, pipeline, now).mean_run_s
        if mean_s is None:
            return Place(position, None)
        ahead_s += count * mean_s
    if own.mean_run_s is None or not own.slots:
        return Place(position, None)
    return Place(position, round(ahead_s / own.slots + own.mean_run_s, 1))


def _ahead(connection: Connection, job: Queued) -> dict[str, float]:
    """How many jobs of which pipeline are admitted before ``job``, were nothing else to arrive."""
    asked = {"lane": job.lane, "rank": job.rank, "before": min(job.rung_at, LATEST), "turn": job.turn, "job": job.id}
    ahead = {row.pipeline: float(row.jobs) for row in connection.execute(_RUNG, asked)}
    if job.rung_at != float("inf"):
        return ahead
    for priority in list(Priority)[: job.rank]:
        owners = owners_waiting(connection, job.lane, priority)
        for queue in waiting_of_each(connection, job.lane, priority, owners).values():
            _add(ahead, queue)
    own = waiting_of(connection, job.lane, job.rank, job.owner, before=job.turn)
    _add(ahead, own)
    _add_turns_of_others(connection, job, ahead, sum(own.values()))
    return ahead


def _add_turns_of_others(connection: Connection, job: Queued, ahead: dict[str, float], own_waiting: float) -> None:
    """The other owners take turns with the job's until they are level, or have no more."""
    priority = Priority.of(job.rank)
    others = [owner for owner in owners_waiting(connection, job.lane, priority) if owner != job.owner]
    if not others:
        return
    counts = in_flight(connection, job.lane)
    own_turns = own_waiting + counts.get(job.owner, 0)
    for owner, queue in waiting_of_each(connection, job.lane, priority, others, most=own_turns).items():
        _add(ahead, _at_most(queue, max(own_turns - counts.get(owner, 0), 0)))


def _at_most(queue: dict[str, float], turns: float) -> dict[str, float]:
    whole = sum(queue.values())
    return queue if whole <= turns else {pipeline: count * turns / whole for pipeline, count in queue.items()}


def _add(ahead: dict[str, float], more: Mapping[str, float]) -> None:
    for pipeline, count in more.items():
        ahead[pipeline] = ahead.get(pipeline, 0.0) + count
