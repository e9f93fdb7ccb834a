"""The memory: what jobs heard, saw and read, found again."""

from collections.abc import Sequence

from triptych.client.records.memory import MemoryHits
from triptych.client.transport import Ask, Transport


class Memories:
    """What the caller's jobs remembered. Every call raises Unreachable, Refused or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def search(
        self,
        text: str,
        *,
        modality: Sequence[str] = (),
        kind: Sequence[str] = (),
        tag: Sequence[str] = (),
        limit: int = 20,
    ) -> MemoryHits:
        """What fits ``text`` by its words and by what it means, best first; of several of a filter any will do."""
        asked = {"text": text, "limit": limit}
        filters = {"modality": list(modality), "kind": list(kind), "tag": list(tag)}
        given = {name: values for name, values in filters.items() if values}
        return self._transport.tell(
            MemoryHits, Ask("POST", "/api/v1/memory/search", json={**asked, **given}, repeatable=True)
        )
