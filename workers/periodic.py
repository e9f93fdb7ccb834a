"""The periodic loop, `python -m workers.periodic`: sweeps every few seconds, collects garbage every hour."""

import signal
import sys
from threading import Event

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from triptych.garbage import collect_garbage
from triptych.jobs.sweep import sweep
from triptych.logs import configure_logs
from triptych.settings import BadSettings, Settings
from triptych.store import Store, open_store

log = structlog.get_logger()

COLLECT_EVERY_S = 3600.0


def run(store: Store, stopped: Event) -> None:
    """Sweep until ``stopped``; a database or Redis that is away is waited for."""
    collected_at = float("-inf")
    while not stopped.is_set():
        try:
            sweep(store)
            if store.clock() - collected_at > COLLECT_EVERY_S:
                collected_at = store.clock()
                log.info("collected garbage", removed=collect_garbage(store))
        except (SQLAlchemyError, RedisError) as error:
            log.warning("the sweep could not be finished", error=str(error))
        stopped.wait(store.settings.sweep_s)


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
    run(open_store(settings, synchronous="NORMAL"), stopped)


if __name__ == "__main__":
    main()
