"""Whether those who came in a while ago may still be here: asked for all at once, while their connections last."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from triptych.accounts.keys import roles_by_key
from triptych.accounts.sessions import roles_by_session
from triptych.accounts.values import Caller, Role
from triptych.store import Store


@dataclass(frozen=True, slots=True)
class Guest:
    """By which key or session somebody came in, and the ``role`` that what they do here takes."""

    key_id: str | None
    session_id: str | None
    role: Role


def guest_of(asking: Caller, role: Role) -> Guest | None:
    """Who asks, as somebody who stays; None: the one user of local mode, whom nobody sends away."""
    return Guest(asking.key_id, asking.session_id, role) if asking.key_id or asking.session_id else None


def roles_now(store: Store, guests: Collection[Guest]) -> Mapping[Guest, Role | None]:
    """What each may by now; None: their key or session is no more, or they are disabled. Raises DatabaseAway.

    A session that nobody uses ends for new requests alone: who only listens is not away.
    """
    by_key = roles_by_key(store, {guest.key_id for guest in guests if guest.key_id})
    by_session = roles_by_session(store, {guest.session_id for guest in guests if guest.session_id})
    return {
        guest: by_key.get(guest.key_id) if guest.key_id else by_session.get(str(guest.session_id)) for guest in guests
    }
