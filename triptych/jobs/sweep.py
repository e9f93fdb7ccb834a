"""The periodic sweep: what no longer has anybody working on it, or nobody was told of, is set going again."""

import structlog
from sqlalchemy import bindparam, func, select, update

from pipelines.contract import Lane
from triptych.clocks import check_clock
from triptych.jobs import ending, ends
from triptych.jobs.admission import admit
from triptych.jobs.pauses import forget
from triptych.jobs.retelling import tell_what_was_lost
from triptych.jobs.tables import IS_DELAYED, IS_RUNNING, jobs
from triptych.jobs.window import still_rung
from triptych.locking import among
from triptych.memory.archive.giving import sweep_imports
from triptych.memory.leaving import sweep_spaces
from triptych.recordings import keep_abandoned
from triptych.rings import Ring
from triptych.store import Store

log = structlog.get_logger()

LAPSED_AT_A_TIME = 500

_LAPSED = (
    select(jobs)
    .where(IS_RUNNING, jobs.c.lease_until < bindparam("now"))
    .order_by(jobs.c.lease_until)
    .limit(LAPSED_AT_A_TIME)
)
_DUE = (
    select(jobs.c.id)
    .where(IS_DELAYED, jobs.c.not_before <= bindparam("now"))
    .with_for_update(skip_locked=True)  # one that is being cancelled this moment is nobody's to wait for
)
_WAKE = update(jobs).where(among(jobs.c.id, _DUE)).values(not_before=None)
_NEXT_TRY = select(func.min(jobs.c.not_before)).where(IS_DELAYED)


def sweep(store: Store, since: float, *, rescue: bool = True) -> float | None:
    """Rescue runs whose lease lapsed, ring again for what Redis lost, fill every lane's window, and tell lost events.

    ``since``, in seconds since the epoch: what came or ended later may not have been told yet.
    Returns when the next job is due that waits to be tried again. Two sweepers at once do no harm: each move is made by
    one of them. Raises redis.RedisError when Redis is away, after the database's part is done.
    """
    if rescue:
        rescue_lapsed(store)
    keep_abandoned(store)
    sweep_spaces(store)
    sweep_imports(store)
    next_try = wake(store)
    for lane in Lane:
        with store.database.write() as connection:
            forget(connection, lane, store.clock())
            rings = admit(connection, store, lane, store.clock())
        store.wire.send(rings)
    before = store.clock() - store.settings.sweep_s  # what came until then is told below, before it is rung for
    tell_what_was_lost(store, since)
    for lane in Lane:
        ring_again(store, lane, before)
    return next_try


def rescue_lapsed(store: Store) -> list[str]:
    """Queue again, or fail as poisoned, every run whose lease has lapsed; return their ids."""
    now = store.clock()
    with store.database.read() as connection:
        check_clock(connection, store.clock)
        lapsed = connection.execute(_LAPSED, {"now": now}).all()
    if not lapsed:
        return []
    words = "the worker {} stopped renewing its lease"
    moved = ending.end_all(store, [ends.died(store, row, now, words.format(row.worker), lapsed=True) for row in lapsed])
    rescued = [row.id for row in lapsed if row.id in moved]
    for job_id in rescued:
        log.warning("rescued a run that had died", job_id=job_id)
    return rescued


def wake(store: Store) -> float | None:
    """Let jobs wait for a place again that have waited to be retried; return when the next one is due, if there is one.

    The time is in seconds since the epoch.
    """
    now = store.clock()
    with store.database.read() as connection:
        due = connection.execute(_NEXT_TRY).scalar()
    if due is None or due > now:
        return due
    with store.database.write() as connection:
        connection.execute(_WAKE, {"now": now})
        return connection.execute(_NEXT_TRY).scalar()


def ring_again(store: Store, lane: Lane, before: float) -> list[Ring]:
    """Ring for jobs rung ``before`` that time whose ring is neither in Redis nor was answered. Raises RedisError.

    A ring that a worker holds this moment is rung twice; the second finds nothing to claim.
    """
    with store.database.read() as connection:
        unclaimed = still_rung(connection, store, lane, before)
    if not unclaimed:
        return []
    in_redis = store.wire.waiting(lane)
    lost = [ring for ring in unclaimed if in_redis.isdisjoint(ring.job_ids)]
    store.wire.send(lost)
    return lost
