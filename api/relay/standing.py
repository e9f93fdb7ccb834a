"""Ends the connections of those who may not come in any more: a key revoked, a session over, a user disabled.

One look asks for all of them at once, so that a thousand idle sockets of one session cost what one does, and busy
connections are ended like idle ones. While the database is away nobody is sent away.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from api.relay.hub import Attached, Hub
from triptych.accounts.standing import Guest, roles_now
from triptych.database import DatabaseAway
from triptych.store import Store

log = structlog.get_logger()

LOOK_S = 5.0


class Standing:
    """Looks after those who are attached to ``hub``. It begins with the first of them, behind any fork."""

    def __init__(self, store: Store, hub: Hub, look_s: float = LOOK_S) -> None:
        self._store, self._hub, self._look_s = store, hub, look_s
        self._lock = threading.Lock()
        self._looker: threading.Thread | None = None

    @contextmanager
    def attach(self, owner: str, job_id: str | None, guest: Guest | None) -> Iterator[Attached]:
        """Subscribe for the length of the block; a ``guest`` who may not stay is dismissed."""
        if guest is not None:
            self._start()
        with self._hub.attach(owner, job_id, guest) as attached:
            yield attached

    def look(self) -> None:
        """Dismiss whoever may not be here any more."""
        guests = self._hub.guests()
        try:
            found = roles_now(self._store, guests) if guests else {}
        except DatabaseAway as error:  # no reason to believe that anybody lost anything
            log.warning("nobody could be asked who may stay", error=str(error))
            return
        for guest, role in found.items():
            if role is None:
                self._hub.dismiss(guest, 401, "unauthenticated", "this key or session is no more: come in again")
            elif not role.covers(guest.role):
                self._hub.dismiss(guest, 403, "forbidden", f"this takes the role {guest.role}, and yours is now {role}")

    def _start(self) -> None:
        with self._lock:
            if self._looker is None or not self._looker.is_alive():
                self._looker = threading.Thread(target=self._look_on, name="standing", daemon=True)
                self._looker.start()

    def _look_on(self) -> None:
        while not self._hub.stops_within(self._look_s):
            self.look()
