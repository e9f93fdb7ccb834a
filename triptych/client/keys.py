"""API keys: make one for a program, see when it was last used, revoke it."""

from collections.abc import Sequence

from triptych.client.paths import at
from triptych.client.records.key import Key, KeyList, NewKey
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/keys"


class Keys:
    """The caller's keys. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, name: str, scopes: Sequence[str], *, expires_at: str | None = None) -> NewKey:
        """Make a key that may what ``scopes`` say, until ``expires_at`` (ISO 8601 with its zone) or for good."""
        asked = {"name": name, "scopes": list(scopes), "expires_at": expires_at}
        return self._transport.tell(NewKey, Ask("POST", ROOT, json=asked))

    def list(self) -> Sequence[Key]:
        """The keys, newest first, those that have expired too."""
        return self._transport.tell(KeyList, Ask("GET", ROOT)).items

    def revoke(self, key_id: str) -> None:
        """Have a key refused from now on."""
        self._transport.send(Ask("DELETE", at(ROOT, key_id)))
