"""The periodic loop, `python -m workers.periodic`: sweeps every few seconds, collects garbage every hour."""

import signal
import sys
from threading import Event, Thread

import structlog
from redis.exceptions import RedisError

from triptych.database import DatabaseAway
from triptych.garbage import collect_garbage
from triptych.jobs.sweep import sweep
from triptych.logs import configure_logs
from triptych.settings import BadSettings, Settings
from triptych.store import Store, open_store

log = structlog.get_logger()

COLLECT_EVERY_S = 3600.0


def run(store: Store, stopped: Event) -> None:
    """Sweep until ``stopped``; a database or Redis that is away is waited for."""
    swept_at = store.clock()
    rescue_from = swept_at
    while not stopped.is_set():
        now = store.clock()
        if now - swept_at > store.settings.sweep_s + store.settings.lease_s:
            # The machine slept, or the database was away: the runs had no chance to renew either.
            rescue_from = now + store.settings.lease_s
        swept_at = now
        try:
            sweep(store, rescue=now >= rescue_from)
        except (DatabaseAway, RedisError) as error:
            log.warning("the sweep could not be finished", error=str(error))
        stopped.wait(store.settings.sweep_s)


def collect(store: Store, stopped: Event) -> None:
    """Collect garbage every ``COLLECT_EVERY_S`` until ``stopped``; in a thread of its own, since it may take long."""
    while not stopped.is_set():
        try:
            log.info("collected garbage", removed=collect_garbage(store))
        except (DatabaseAway, OSError) as error:
            log.warning("the garbage could not be collected", error=str(error))
        stopped.wait(COLLECT_EVERY_S)


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
    Thread(target=collect, args=(store, stopped), name="garbage", daemon=True).start()
    run(store, stopped)


if __name__ == "__main__":
    main()
