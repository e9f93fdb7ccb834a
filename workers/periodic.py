"""The periodic loop, `python -m workers.periodic`: sweeps every few seconds, and does the house's chores beside."""

import signal
import sys
from threading import Event
from time import monotonic

import structlog
from redis.exceptions import RedisError

from triptych.database import Clock, DatabaseAway
from triptych.jobs.retelling import SETTLE_S
from triptych.jobs.sweep import sweep
from triptych.logs import configure_logs
from triptych.settings import BadSettings, Settings
from triptych.store import Store, open_store
from workers.chores import begin_chores

log = structlog.get_logger()

LEAST_PAUSE_S = 0.5
LOOK_BACK_S = 60.0  # at the start, for ends that nobody was told of


def run(store: Store, stopped: Event, running_clock: Clock = monotonic) -> None:
    """Sweep until ``stopped``; a database or Redis that is away is waited for.

    ``running_clock`` is set by nobody, so that no rescue is put off for as long as the store's clock is set back.
    """
    swept_at, swept_by_running = store.clock(), running_clock()
    told_since, rescue_from = swept_at - LOOK_BACK_S, swept_by_running
    while not stopped.is_set():
        now, running = store.clock(), running_clock()
        if max(now - swept_at, running - swept_by_running) > store.settings.sweep_s + store.settings.lease_s:
            # The machine slept, or the database was away: the runs had no chance to renew either.
            rescue_from = running + store.settings.lease_s
        next_try = None
        try:
            next_try = sweep(store, told_since, rescue=running >= rescue_from)
            told_since = now - 2 * SETTLE_S
        except RedisError as error:
            log.warning("redis is away: the sweep did the database's part", error=str(error))
        except DatabaseAway as error:
            log.warning("the sweep could not be finished", error=str(error))
            stopped.wait(_pause_s(store, None))
            continue
        except Exception:  # a loop that is gone would rescue nothing any more
            log.exception("the sweep stumbled")
        swept_at, swept_by_running = now, running
        stopped.wait(_pause_s(store, next_try))


def _pause_s(store: Store, next_try: float | None) -> float:
    """Until the next sweep, which comes early for a job that is to be tried again before."""
    if next_try is None:
        return store.settings.sweep_s
    return min(max(next_try - store.clock(), LEAST_PAUSE_S), store.settings.sweep_s)


def main() -> None:
    """Run the loop with the environment's settings until SIGTERM or SIGINT."""
    try:
        settings = Settings.from_environment()
    except BadSettings as error:
        sys.exit(str(error))
    configure_logs(settings.log_level, settings.log_format)
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    store = open_store(settings, synchronous="NORMAL")
    begin_chores(store, stopped)
    run(store, stopped)


if __name__ == "__main__":
    main()
