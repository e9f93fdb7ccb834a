"""Rows of the memory's tables as the values that they are told as."""

from typing import Any

from sqlalchemy import JSON, Connection, Row, Select, func, select

from pipelines.house import MemoryKind, Modality
from triptych.memory.tables import collection_sources, memories, memory_makers, memory_sources, memory_tags
from triptych.memory.values import Source, StoredMemory

# Ids grow with time (triptych/ids.py).
_NEWEST_JOB = select(func.max(memory_makers.c.job_id)).where(memory_makers.c.memory == memories.c.number)

MEMORY = (
    memories.c.number,
    memories.c.id,
    memories.c.kind,
    memories.c.modality,
    memories.c.language,
    memories.c.text,
    memories.c.place,
    memories.c.created_at,
    memories.c.pinned_at,
    _NEWEST_JOB.scalar_subquery().label("made_by"),
)


def source_columns(*, postgresql: bool) -> tuple[Any, ...]:  # Any: columns of several types
    """What is told of a row of ``memory_sources``, with its tags and collections, beside those of a memory."""
    collected = func.json_agg if postgresql else func.json_group_array
    tags = select(collected(memory_tags.c.tag, type_=JSON)).where(memory_tags.c.source == memory_sources.c.number)
    its = select(collected(collection_sources.c.collection_id, type_=JSON))
    collections = its.where(collection_sources.c.source == memory_sources.c.number)
    return (
        memory_sources.c.id.label("source_id"),
        memory_sources.c.title,
        memory_sources.c.media_type,
        memory_sources.c.file_id,
        memory_sources.c.job_id,
        memory_sources.c.created_at.label("source_created_at"),
        tags.scalar_subquery().label("tags"),
        collections.scalar_subquery().label("collections"),
    )


def memory_of(row: Row[Any]) -> StoredMemory:
    """The memory of a row that has the columns of ``MEMORY``."""
    return StoredMemory(
        row.id,
        MemoryKind(row.kind),
        Modality(row.modality),
        row.language,
        row.text,
        row.place,
        row.made_by,
        row.created_at,
        row.pinned_at,
    )


def source_of(row: Row[Any]) -> Source:
    """The source of a row that has ``source_columns``."""
    return Source(
        row.source_id,
        row.title,
        row.media_type,
        row.file_id,
        row.job_id,
        row.source_created_at,
        tuple(sorted(row.tags or ())),
        tuple(sorted(row.collections or ())),
    )


def told_memories(connection: Connection) -> Select[Any]:  # Any: columns of several types
    """Select memories with their sources, to be told by ``memory_of`` and ``source_of``."""
    postgresql = connection.dialect.name == "postgresql"
    columns = (*MEMORY, *source_columns(postgresql=postgresql))
    return select(*columns).select_from(memories).join(memory_sources, memory_sources.c.number == memories.c.source)
