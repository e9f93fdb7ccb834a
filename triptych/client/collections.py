"""Where memories come from, and how their owner puts that together: sources, tags and collections."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from triptych.client.paging import all_of, between
from triptych.client.paths import at
from triptych.client.records.memory import (
    Collection,
    CollectionList,
    ListedSource,
    Memory,
    MemoryPage,
    SourcePage,
    TagCount,
    TagList,
)
from triptych.client.transport import Ask, Transport

SOURCES = "/api/v1/memory/sources"
COLLECTIONS = "/api/v1/memory/collections"


class MemorySources:
    """Where memories come from. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        tag: Sequence[str] = (),
        collection: str | None = None,
        modality: Sequence[str] = (),
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Iterator[ListedSource]:
        """The sources, newest first, asked for page by page; of several tags or modalities any will do."""
        query: dict[str, Any] = {"tag": [*tag], "collection": collection, "modality": [*modality], "limit": 200}
        query |= between(created_after, created_before)
        return all_of(
            lambda cursor: self._transport.tell(SourcePage, Ask("GET", SOURCES, query={**query, "cursor": cursor}))
        )

    def get(self, source_id: str) -> ListedSource:
        """One of them."""
        return self._transport.tell(ListedSource, Ask("GET", at(SOURCES, source_id)))

    def memories(self, source_id: str) -> Iterator[Memory]:
        """What is remembered of it, in its order, asked for page by page."""
        path = at(SOURCES, source_id, "memories")
        return all_of(
            lambda cursor: self._transport.tell(MemoryPage, Ask("GET", path, query={"cursor": cursor, "limit": 500}))
        )

    def tag(self, source_id: str, tags: Sequence[str]) -> ListedSource:
        """Have it bear these tags and no others."""
        ask = Ask("PUT", at(SOURCES, source_id, "tags"), json={"tags": [*tags]}, repeatable=True)
        return self._transport.tell(ListedSource, ask)

    def tags(self) -> Sequence[TagCount]:
        """Every tag, by name, and how many sources bear it."""
        return self._transport.tell(TagList, Ask("GET", "/api/v1/memory/tags")).items


class Collections:
    """Sources that were put together. Every call raises as those of MemorySources."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, name: str) -> Collection:
        """Begin a collection; its name is no other's."""
        return self._transport.tell(Collection, Ask("POST", COLLECTIONS, json={"name": name}))

    def list(self) -> Sequence[Collection]:
        """The collections, by name."""
        return self._transport.tell(CollectionList, Ask("GET", COLLECTIONS)).items

    def rename(self, collection_id: str, name: str) -> None:
        """Give it another name."""
        self._transport.send(Ask("PATCH", at(COLLECTIONS, collection_id), json={"name": name}))

    def delete(self, collection_id: str) -> None:
        """Remove it; its sources stay."""
        self._transport.send(Ask("DELETE", at(COLLECTIONS, collection_id)))

    def add(self, collection_id: str, source_id: str) -> None:
        """Put a source into it, where it may be already."""
        self._transport.send(Ask("PUT", at(COLLECTIONS, collection_id, "sources", source_id), repeatable=True))

    def remove(self, collection_id: str, source_id: str) -> None:
        """Take a source out of it, where it need not be."""
        self._transport.send(Ask("DELETE", at(COLLECTIONS, collection_id, "sources", source_id)))
