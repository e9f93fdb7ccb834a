"""Telling what passes this process's models did, from a thread of its own: no pass waits for the database."""

from threading import Event, Lock, Thread
from time import sleep

import structlog

from pipelines.engines.passes import PassDone
from triptych.database import DatabaseAway
from triptych.passes import Bin, Counted, Measure, add_passes, bin_of
from triptych.store import Store

log = structlog.get_logger()

EVERY_S = 5.0  # passes of so long share a write; what was not written yet dies with the process


class PassCounts:
    """Counts passes, and adds them to those of all processes every ``every_s`` in which there were any."""

    def __init__(self, store: Store, every_s: float = EVERY_S) -> None:
        self._store = store
        self._every_s = every_s
        self._counted: dict[Bin, Counted] = {}
        self._lock = Lock()
        self._is_behind = Event()

    def start(self) -> None:
        """Begin to write; the thread ends with the process."""
        Thread(target=self._write_for_ever, name="pass-counts", daemon=True).start()

    def note(self, done: PassDone) -> None:
        """Count a pass; see ``NotePass``."""
        with self._lock:
            for measure, value in ((Measure.ITEMS, done.size), (Measure.WAIT_S, done.waited_s)):
                at = bin_of(done.kind, measure, value)
                self._counted[at] = self._counted.get(at, Counted(0, 0)).and_another(value)
        self._is_behind.set()

    def write(self) -> None:
        """Write down what was counted since the last time. Raises DatabaseAway; it is then written the next time."""
        with self._lock:
            counted, self._counted = self._counted, {}
        if not counted:
            return
        try:
            add_passes(self._store, counted)
        except DatabaseAway:
            with self._lock:
                for at, one in counted.items():
                    since = self._counted.get(at, Counted(0, 0))
                    self._counted[at] = Counted(one.passes + since.passes, one.total + since.total)
            raise

    def _write_for_ever(self) -> None:
        while True:
            self._is_behind.wait()
            sleep(self._every_s)
            self._is_behind.clear()
            try:
                self.write()
            except DatabaseAway as error:
                log.warning("the passes of models could not be told", error=str(error))
                self._is_behind.set()
