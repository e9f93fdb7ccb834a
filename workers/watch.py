"""What a worker's parent process does beside Celery: watch over the runs, and say that the worker is there."""

from triptych.settings import Settings
from triptych.store import Store, open_store
from workers.desk import remove_desks
from workers.forks import ForkGuard
from workers.presence import Presence
from workers.seat import Seat
from workers.warden import Warden


class Watch:
    """The warden and the presence of one worker, between ``begin`` and ``end``."""

    def __init__(self, settings: Settings, seat: Seat) -> None:
        self._settings = settings
        self._seat = seat
        self._warden: Warden | None = None
        self._presence: Presence | None = None

    def begin(self, name: str, lanes: tuple[str, ...], slots: int) -> None:
        """Start both."""
        store, guard = _store_of_a_parent(self._settings), ForkGuard()
        self._warden = Warden(store, self._seat.board, self._seat.token, self._seat.board.is_draining, guard)
        self._presence = Presence(store, self._seat.token, guard)
        self._warden.start()
        self._presence.appear(name, lanes, slots)

    def end(self) -> None:
        """Stop both, and take the worker off the list."""
        if self._warden is not None and self._presence is not None:
            self._warden.stop()
            self._presence.disappear()
            remove_desks(self._settings.work, self._seat.token)


def _store_of_a_parent(settings: Settings) -> Store:
    """A store for a process that forks: no connection to SQLite is open then; psycopg's know their process."""
    on_sqlite = settings.database.startswith("sqlite:")
    return open_store(settings, synchronous="NORMAL", pool_size=0 if on_sqlite else 1)
