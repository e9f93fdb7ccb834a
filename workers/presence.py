"""Saying that a worker is there, and what its dead processes held no longer, for the API and the console to show."""

from contextlib import suppress
from importlib.metadata import version
from threading import Event, Thread

import structlog

from triptych import loaded, workers
from triptych.database import DatabaseAway
from triptych.store import Store
from workers.forks import ForkGuard
from workers.processes import is_ours

log = structlog.get_logger()

REPORT_EVERY_S = 10.0


class Presence:
    """Reports one worker every ``REPORT_EVERY_S`` from a thread of its own, between appearing and disappearing.

    ``token`` is the worker's incarnation, as in ``Holder``.
    """

    def __init__(self, store: Store, token: str, guard: ForkGuard) -> None:
        self._store = store
        self._token = token
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

    def look(self, worker: workers.Worker) -> None:
        """Report once, and forget what processes held that are dead by now. Raises DatabaseAway."""
        holding = loaded.processes_with_models(self._store, worker.name, self._token)
        dead = [number for number in holding if not is_ours(number)]
        loaded.forget_loaded(self._store, worker.name, self._token, dead)
        workers.report(self._store, worker)

    def _report(self, name: str, lanes: tuple[str, ...], slots: int) -> None:
        while True:
            try:
                with self._guard.no_fork():
                    self.look(workers.Worker(name, lanes, slots, version("triptych"), self._store.clock()))
            except DatabaseAway as error:
                log.warning("the worker could not be reported", error=str(error))
            if self._gone.wait(REPORT_EVERY_S):
                break
        with suppress(DatabaseAway):  # then it is forgotten a minute later
            loaded.forget_worker(self._store, name)
            workers.leave(self._store, name)
        self._store.close()
