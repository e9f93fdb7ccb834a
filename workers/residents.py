"""Telling which models this process holds, from a thread of its own: no job waits for the database to hear of it."""

from collections.abc import Mapping
from threading import Event, Thread

import structlog

from pipelines.engines.model_key import name_of
from triptych.database import DatabaseAway
from triptych.jobs.leases import Holder
from triptych.loaded import note_loaded
from triptych.store import Store

log = structlog.get_logger()

AGAIN_S = 10.0  # after which what could not be written is tried again


class Residents:
    """Writes down what the process of ``holder`` holds, once for all changes that came since the last time."""

    def __init__(self, store: Store, holder: Holder) -> None:
        self._store = store
        self._holder = holder
        self._held: Mapping[str, int] = {}
        self._changed = Event()

    def start(self) -> None:
        """Begin to write; the thread ends with the process, whose worker then forgets what it held."""
        Thread(target=self._write_for_ever, name="residents", daemon=True).start()

    def note(self, held: Mapping[str, int]) -> None:
        """Take note of what is held now, in bytes by the cache's keys; see ``Observe``."""
        self._held = held
        self._changed.set()

    def write(self) -> None:
        """Write down what was noted last, by the models' names. Raises DatabaseAway."""
        by_name: dict[str, int] = {}
        for key, size_bytes in self._held.items():
            name = name_of(key)
            by_name[name] = by_name.get(name, 0) + size_bytes
        note_loaded(self._store, self._holder, by_name)

    def _write_for_ever(self) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            try:
                self.write()
            except DatabaseAway as error:
                log.warning("the models in memory could not be told", error=str(error))
                self._changed.wait(AGAIN_S)
                self._changed.set()
