"""Which memories of an owner may be found, as conditions on the table of memories."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from triptych.memory.tables import collection_sources, collections, memories, memory_sources, memory_tags
from triptych.memory.tagging import kept, tag_like
from triptych.memory.values import Filter


@dataclass(frozen=True, slots=True)
class Within:
    """Among what is looked: an owner's memories, of whose rows ``where`` holds; of all of them where ``every``."""

    owner: str
    where: Sequence[ColumnElement[bool]]
    every: bool


def allowed(owner: str, only: Filter) -> list[ColumnElement[bool]]:
    """What must hold of a row of ``memories``: that it is the owner's, and what ``only`` says.

    Where sources are chosen it is the owner's because its source is: databases then begin with the sources.
    """
    chosen = list(_of_sources(owner, only))
    owned = memory_sources.c.owner == owner
    conditions = [memories.c.owner == owner]
    if chosen:
        conditions = [memories.c.source.in_(select(memory_sources.c.number).where(owned, *chosen))]
    for column, wanted in (
        (memories.c.modality, only.modalities),
        (memories.c.kind, only.kinds),
        (memories.c.language, only.languages),
    ):
        if wanted:
            conditions.append(column.in_([kept(value) for value in wanted]))
    if only.pinned:
        conditions.append(memories.c.pinned_at.is_not(None))
    return conditions


def _of_sources(owner: str, only: Filter) -> Iterator[ColumnElement[bool]]:
    """What must hold of the memories' sources, besides that they are the owner's."""
    if only.sources:
        yield memory_sources.c.id.in_([kept(source) for source in only.sources])
    if only.since is not None:
        yield memory_sources.c.created_at >= only.since
    if only.until is not None:
        yield memory_sources.c.created_at < only.until
    if only.tags:
        bearing = select(memory_tags.c.source).where(memory_tags.c.tag.in_([tag_like(tag) for tag in only.tags]))
        yield memory_sources.c.number.in_(bearing)
    if only.collection is not None:
        its = collections.c.id == kept(only.collection), collections.c.owner == owner
        yield memory_sources.c.number.in_(select(collection_sources.c.source).join(collections).where(*its))
