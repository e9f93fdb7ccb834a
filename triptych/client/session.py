"""The session: who is asking, and coming in with a password where there is no key yet."""

from collections.abc import Sequence

from triptych.client.paths import at
from triptych.client.records.session import Door, Identity, IdentityList, Session, Stay, StayList
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/session"
IDENTITIES = f"{ROOT}/identities"
STAYS = "/api/v1/sessions"


class Sessions:
    """Who the client is to the house. Every call raises Unreachable, Refused or Misunderstood.

    After ``sign_in``, ``set_up`` and ``accept`` the client asks as who came in, in place of its key, until it signs
    out; it keeps the session in memory alone.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def door(self) -> Door:
        """How one comes in."""
        return self._transport.tell(Door, Ask("GET", "/api/v1/door"))

    def get(self) -> Session:
        """Who is asking, and what they may."""
        return self._transport.tell(Session, Ask("GET", ROOT))

    def sign_in(self, email: str, password: str) -> Session:
        """Come in. Raises NotAllowed where no account has this address and this password."""
        return self._come_in(Ask("POST", ROOT, json={"email": email, "password": password}))

    def set_up(self, token: str, *, email: str, name: str, password: str) -> Session:
        """Make the first administrator's account, by what stands behind the ``#`` of the link that the start says."""
        asked = {"token": token, "email": email, "name": name, "password": password}
        return self._come_in(Ask("POST", "/api/v1/setup", json=asked))

    def accept(self, token: str, *, name: str, password: str) -> Session:
        """Make the account that an invitation is for, by what stands behind the ``#`` of its link."""
        asked = {"token": token, "name": name, "password": password}
        return self._come_in(Ask("POST", "/api/v1/invitations/accept", json=asked))

    def sign_out(self) -> None:
        """End the session."""
        self._transport.send(Ask("DELETE", ROOT))
        self._transport.leave()

    def change_password(self, old: str, new: str) -> None:
        """Take another password, which ends every session but this."""
        self._transport.send(Ask("PUT", f"{ROOT}/password", json={"old": old, "new": new}))

    def identities(self) -> Sequence[Identity]:
        """Who the caller is at a provider of OpenID Connect, newest first; a browser links them."""
        return self._transport.tell(IdentityList, Ask("GET", IDENTITIES)).items

    def unlink(self, identity_id: str) -> None:
        """Have one of them open nothing any more. Raises Refused for the last way in."""
        self._transport.send(Ask("DELETE", at(IDENTITIES, identity_id)))

    def list(self) -> Sequence[Stay]:
        """The caller's sessions, newest first."""
        return self._transport.tell(StayList, Ask("GET", STAYS)).items

    def end(self, session_id: str) -> None:
        """End one of them."""
        self._transport.send(Ask("DELETE", at(STAYS, session_id)))

    def end_all(self) -> None:
        """End them all, this one too."""
        self._transport.send(Ask("DELETE", STAYS))
        self._transport.leave()

    def _come_in(self, ask: Ask) -> Session:
        session = self._transport.tell(Session, ask)
        self._transport.enter(session.csrf_token or "")
        return session
