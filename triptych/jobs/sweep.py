"""The periodic sweep: what no longer has anybody working on it, or nobody was told of, is set going again."""

from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, text, update

from pipelines.contract import Lane
from triptych.events.event import Event
from triptych.jobs import news
from triptych.jobs.admission import admit, still_rung
from triptych.jobs.leases import NOBODYS
from triptych.jobs.moves import make_move
from triptych.jobs.states import JobState, Move
from triptych.jobs.tables import attempts, jobs
from triptych.store import Store
from triptych.wire import Ring

log = structlog.get_logger()

LAPSED_AT_A_TIME = 500


def sweep(store: Store, *, rescue: bool = True) -> None:
    """Rescue runs whose lease lapsed, ring again for what Redis lost, and fill every lane's window.

    Two sweepers at once do no harm: each move is made by one of them. Raises redis.RedisError when Redis is away,
    after the database's part is done.
    """
    if rescue:
        rescue_lapsed(store)
    for lane in Lane:
        with store.database.write() as connection:
            rings = admit(connection, lane, store.settings.window, store.clock())
        store.wire.send(rings)
    for lane in Lane:
        ring_again(store, lane)


def rescue_lapsed(store: Store) -> list[str]:
    """Queue again, or fail as poisoned, every run whose lease has lapsed; return their ids."""
    now = store.clock()
    rings: list[Ring] = []
    events: list[Event] = []
    with store.database.write() as connection:
        lapsed = connection.execute(
            select(jobs)
            .where(text("state = 'running'"), jobs.c.lease_until < now)
            .order_by(jobs.c.lease_until)
            .limit(LAPSED_AT_A_TIME)
        ).all()
        moved = [row for row in (_rescue(connection, store, row, now) for row in lapsed) if row is not None]
        for lane in {Lane(row.lane) for row in moved}:
            rings += admit(connection, lane, store.settings.window, now)
    for row in moved:
        events.append(news.queued(row, now) if row.state == JobState.QUEUED else news.finished(row, now))
        log.warning("rescued a run that had died", job_id=row.id, attempt=row.attempt, state=row.state)
    store.wire.send(rings, events)
    return [row.id for row in moved]


def ring_again(store: Store, lane: Lane) -> list[Ring]:
    """Ring for jobs of the window whose ring is neither in Redis nor was answered. Raises RedisError.

    A ring that a worker holds this moment is rung twice; the second finds nothing to claim.
    """
    with store.database.read() as connection:
        unclaimed = still_rung(connection, lane, before=store.clock() - store.settings.sweep_s)
    if not unclaimed:
        return []
    in_redis = store.wire.waiting(lane)
    lost = [ring for ring in unclaimed if ring.job_id not in in_redis]
    store.wire.send(lost)
    return lost


def _rescue(connection: Connection, store: Store, row: Row[Any], now: float) -> Row[Any] | None:
    failures = row.failures + 1
    if failures >= store.settings.max_attempts:
        error = {"code": "poisoned", "message": f"{failures} workers died while they ran it; the last was {row.worker}"}
        values = {"failures": failures, "finished_at": now, "lease_until": None, "error": error}
        moved = make_move(connection, Move.FAIL, row.id, values, attempt=row.attempt)
    else:
        moved = make_move(connection, Move.REQUEUE, row.id, {**NOBODYS, "failures": failures}, attempt=row.attempt)
    if moved is not None:
        died = {"code": "worker_died", "message": f"the worker {row.worker} stopped renewing its lease"}
        connection.execute(
            update(attempts)
            .where(attempts.c.job_id == row.id, attempts.c.attempt == row.attempt)
            .values(ended_at=now, error=died)
        )
    return moved
