"""Which memories of an owner may be found, as conditions on the table of memories."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, select

from triptych.memory.tables import collection_sources, collections, memories, memory_sources, memory_tags
from triptych.memory.tagging import kept, tag_like
from triptych.memory.values import Filter


def allowed(owner: str, only: Filter) -> list[ColumnElement[bool]]:
    """What must hold of a row of ``memories``: that it is the owner's, and what ``only`` says."""
    conditions = [memories.c.owner == owner]
    for column, wanted in (
        (memories.c.modality, only.modalities),
        (memories.c.kind, only.kinds),
        (memories.c.language, only.languages),
    ):
        if wanted:
            conditions.append(column.in_([kept(value) for value in wanted]))
    if only.pinned:
        conditions.append(memories.c.pinned_at.is_not(None))
    conditions.extend(memories.c.source.in_(chosen) for chosen in _sources(owner, only))
    return conditions


def _sources(owner: str, only: Filter) -> Iterable[Select[tuple[int]]]:
    """The numbers of the sources that each of the filters of sources lets through."""
    owned = select(memory_sources.c.number).where(memory_sources.c.owner == owner)
    if only.sources:
        yield owned.where(memory_sources.c.id.in_([kept(value) for value in only.sources]))
    if only.since is not None:
        yield owned.where(memory_sources.c.created_at >= only.since)
    if only.until is not None:
        yield owned.where(memory_sources.c.created_at < only.until)
    if only.tags:
        yield select(memory_tags.c.source).where(memory_tags.c.tag.in_([tag_like(tag) for tag in only.tags]))
    if only.collection is not None:
        its = collections.c.id == kept(only.collection), collections.c.owner == owner
        yield select(collection_sources.c.source).join(collections).where(*its)
