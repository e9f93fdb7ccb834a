"""Everything one owner is told, kept as a client keeps it: through the relay, coming again where it is cut off."""

import json
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from support.until import until

from api.relay.hub import Hub
from api.relay.messages import socket_messages
from api.relay.subscription import Ended, Lagging
from triptych.events.event import Event, EventType
from triptych.wire import Wire

SENTINEL = "sentinel"


@dataclass(frozen=True, slots=True)
class Heard:
    """The message that came as number ``index`` of all that came."""

    index: int
    type: str
    data: Mapping[str, Any]  # Any: JSON


class Recorder:
    """Listens from its making until ``stop``; ``wire`` is its own, since the relay's reader blocks on it."""

    def __init__(self, wire: Wire, owner: str) -> None:
        self._owner = owner
        self._hub = Hub(wire)
        self._messages: list[dict[str, Any]] = []  # Any: JSON
        self._thread = threading.Thread(target=self._listen, name=f"recorder-{owner}", daemon=True)
        self._thread.start()
        self._sentinels = count(1)
        until(lambda: self._messages, pause_s=0.01)

    def catch_up(self, wire: Wire) -> None:
        """Return when everything that is in the stream by now was heard."""
        name = f"{SENTINEL}-{next(self._sentinels)}"
        mark = Event(EventType.PROGRESS, self._owner, name, "", 0.0, {})
        until(lambda: wire.send(events=[mark]), pause_s=0.2)
        until(lambda: any(message.get("job_id") == name for message in self._messages[:]), pause_s=0.05)

    def by_job(self) -> dict[str, list[Heard]]:
        """What was heard of each job, in order."""
        found: defaultdict[str, list[Heard]] = defaultdict(list)
        for index, message in enumerate(self._messages[:]):
            job_id = message.get("job_id", "")
            if job_id and not job_id.startswith(SENTINEL):
                found[job_id].append(Heard(index, message["type"], message["data"]))
        return found

    def ids(self) -> Sequence[str]:
        """The ids of the events, in the order in which they came."""
        return [message["id"] for message in self._messages[:] if "job_id" in message]

    def resyncs(self) -> list[int]:
        """When it was said that events were lost."""
        return [index for index, message in enumerate(self._messages[:]) if message["type"] == "resync"]

    def stop(self) -> None:
        """Stop listening."""
        self._hub.stop()
        self._thread.join()

    def _listen(self) -> None:
        after: str | None = None
        while True:
            try:
                with self._hub.attach(self._owner) as attached:
                    for text in socket_messages(self._hub, attached, after):
                        self._messages.append(json.loads(text))
                        after = self._messages[-1]["id"]
            except Lagging:
                continue
            except Ended:
                return
