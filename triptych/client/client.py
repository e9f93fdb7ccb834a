"""One API and what can be asked of it."""

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from triptych.client.batches import Batches
from triptych.client.collections import Collections, MemorySources
from triptych.client.conversations import Conversations
from triptych.client.files import Files
from triptych.client.house import House
from triptych.client.jobs import Jobs
from triptych.client.keys import Keys
from triptych.client.listening import Listening
from triptych.client.memory import Memories
from triptych.client.patience import USUAL, Patience
from triptych.client.retention import Retentions
from triptych.client.session import Sessions
from triptych.client.transport import Transport
from triptych.client.uploads import Uploads
from triptych.client.users import Audit, Invitations, Users
from triptych.client.webhooks import Webhooks

DEFAULT_URL = "http://localhost:8000"
URL_VARIABLE = "TRIPTYCH_URL"
KEY_VARIABLE = "TRIPTYCH_KEY"


class Client:
    """The API at ``url``, asked with ``key`` where it wants one. It may be used by several threads at once."""

    def __init__(self, url: str = DEFAULT_URL, key: str | None = None, *, patience: Patience = USUAL) -> None:
        self._transport = Transport(url, key, patience)
        self.url = self._transport.url
        self.jobs = Jobs(self._transport)
        self.batches = Batches(self._transport)
        self.files = Files(self._transport)
        self.uploads = Uploads(self._transport)
        self.memory = Memories(self._transport)
        self.sources = MemorySources(self._transport)
        self.collections = Collections(self._transport)
        self.conversations = Conversations(self._transport)
        self.listening = Listening(self._transport)
        self.webhooks = Webhooks(self._transport)
        self.retention = Retentions(self._transport)
        self.session = Sessions(self._transport)
        self.keys = Keys(self._transport)
        self.users = Users(self._transport)
        self.invitations = Invitations(self._transport)
        self.audit = Audit(self._transport)
        self.house = House(self._transport)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The API that ``TRIPTYCH_URL`` names, or the one on this machine, with the key in ``TRIPTYCH_KEY``."""
        return cls(environment.get(URL_VARIABLE) or DEFAULT_URL, environment.get(KEY_VARIABLE) or None)

    def close(self) -> None:
        """Close its connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
