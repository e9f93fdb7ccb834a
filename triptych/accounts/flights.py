"""How many jobs each account may have in flight in a lane, asked of the database once for all that admission decides.

Admission runs in every process, a worker's too, whose settings need not say whether there are accounts: what an
administrator allowed an account holds in each.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from triptych.accounts.tables import users
from triptych.settings import Settings

REMEMBER_S = 2.0  # every submit and every claim asks

_OWN = select(users.c.id, users.c.quota_in_flight).where(users.c.quota_in_flight.is_not(None))


@dataclass(frozen=True, slots=True)
class FlightBounds:
    """What each account may have in flight: its ``own`` bound, else that of ``each``; 0: none."""

    each: int
    own: Mapping[str, int]

    def __bool__(self) -> bool:
        """Whether anybody is bounded."""
        return bool(self.each or any(self.own.values()))

    def of(self, owner: str) -> int:
        """The owner's; 0: there is none."""
        return self.own.get(owner, self.each)

    def is_reached(self, owner: str, count: int) -> bool:
        """Whether with so many the owner has as much in flight as they may."""
        most = self.of(owner)
        return bool(most) and count >= most


class Flights:
    """The bounds of one process, asked of the database at most once every ``REMEMBER_S``."""

    def __init__(self) -> None:
        self._asked_at = float("-inf")
        self._own: Mapping[str, int] = {}

    def bounds(self, connection: Connection, settings: Settings, now: float) -> FlightBounds:
        """What each may have in flight now, within moments."""
        if not 0 <= now - self._asked_at < REMEMBER_S:
            self._own = {owner: most for owner, most in connection.execute(_OWN) if most is not None}
            self._asked_at = now
        return self.known(settings)

    def known(self, settings: Settings) -> FlightBounds:
        """What was found last, for those who have no connection at hand."""
        return FlightBounds(settings.quota_in_flight, self._own)
