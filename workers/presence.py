"""Saying that a worker is there, so that the API and the console can show it."""

from contextlib import suppress
from importlib.metadata import version
from threading import Event, Thread

import structlog

from triptych import workers
from triptych.database import DatabaseAway
from triptych.store import Store
from workers.forks import ForkGuard

log = structlog.get_logger()

REPORT_EVERY_S = 10.0


class Presence:
    """Reports one worker every ``REPORT_EVERY_S`` from a thread of its own, between appearing and disappearing."""

    def __init__(self, store: Store, guard: ForkGuard) -> None:
        self._store = store
        self._guard = guard
        self._gone = Event()
        self._thread: Thread | None = None

    def appear(self, name: str, lanes: tuple[str, ...], slots: int) -> None:
        """Start reporting."""
        self._thread = Thread(target=self._report, args=(name, lanes, slots), name="presence", daemon=True)
        self._thread.start()

    def disappear(self) -> None:
        """Stop reporting and take the worker off the list."""
        self._gone.set()
        if self._thread is not None:
            self._thread.join()

    def _report(self, name: str, lanes: tuple[str, ...], slots: int) -> None:
        while True:
            try:
                with self._guard.no_fork():
                    now = self._store.clock()
                    workers.report(self._store, workers.Worker(name, lanes, slots, version("triptych"), now))
            except DatabaseAway as error:
                log.warning("the worker could not be reported", error=str(error))
            if self._gone.wait(REPORT_EVERY_S):
                break
        with suppress(DatabaseAway):  # then it is forgotten a minute later
            workers.leave(self._store, name)
        self._store.close()
