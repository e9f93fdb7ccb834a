"""Reading what is remembered: one memory with what stands around it, the sources, and how much there is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Select, distinct, func, select, tuple_

from pipelines.house import MemoryKind
from triptych.cursors import found_at
from triptych.memory.filters import allowed
from triptych.memory.spaces import spaces_of
from triptych.memory.tables import memories, memory_sources, memory_tags
from triptych.memory.tagging import kept
from triptych.memory.telling import MEMORY, memory_of, source_columns, source_of, told_memories
from triptych.memory.values import (
    Counts,
    Filter,
    ListedSource,
    Seen,
    SpaceState,
    StoredMemory,
    UnknownMemory,
    UnknownSource,
)
from triptych.memory.vectors import count_vectors
from triptych.store import Store

AROUND = 3  # memories before and behind one that are shown with it
MOST_NOTES = 200  # of a source, that are looked through for those at one place

_IN_ORDER = (memories.c.position, memories.c.number)


def get_memory(store: Store, owner: str, memory_id: str, around: int = AROUND) -> Seen:
    """The memory with its source, up to ``around`` of its kind on either side, and the notes at its place.

    Raises UnknownMemory.
    """
    its = (memories.c.id == kept(memory_id), memories.c.owner == owner)
    with store.database.read() as connection:
        row = connection.execute(
            told_memories(connection).add_columns(memories.c.source, *_IN_ORDER[:1]).where(*its)
        ).first()
        if row is None:
            raise UnknownMemory(memory_id)
        beside = select(*MEMORY).where(memories.c.source == row.source, memories.c.number != row.number)
        notes = beside.where(memories.c.kind == MemoryKind.NOTE).order_by(memories.c.number).limit(MOST_NOTES)
        of_kind, here = beside.where(memories.c.kind == row.kind), (row.position, row.number)
        behind = of_kind.where(tuple_(*_IN_ORDER) > here).order_by(*_IN_ORDER).limit(around)
        backwards = [column.desc() for column in _IN_ORDER]
        before = of_kind.where(tuple_(*_IN_ORDER) < here).order_by(*backwards).limit(around)
        return Seen(
            memory_of(row),
            source_of(row),
            _memories(connection, before)[::-1],
            _memories(connection, behind),
            [note for note in _memories(connection, notes) if note.place == row.place],
        )


def list_sources(store: Store, owner: str, only: Filter, before: str | None, limit: int) -> list[ListedSource]:
    """Up to ``limit`` of the owner's sources of which ``only`` lets a memory through, newest first.

    They begin after the one with the id ``before``. Raises UnknownCursor.
    """
    with store.database.read() as connection:
        statement = _listed(connection, owner, allowed(owner, only)).limit(limit)
        if before is not None:
            its = memory_sources.c.id == kept(before), memory_sources.c.owner == owner
            at = found_at(connection, before, select(memory_sources.c.number).where(*its))
            statement = statement.where(memory_sources.c.number < at.number)
        return [_listed_source(row) for row in connection.execute(statement.order_by(memory_sources.c.number.desc()))]


def get_source(store: Store, owner: str, source_id: str) -> ListedSource:
    """The source, with what is remembered of it, which may be nothing any more. Raises UnknownSource."""
    with store.database.read() as connection:
        row = connection.execute(_listed(connection, owner).where(memory_sources.c.id == kept(source_id))).one_or_none()
    if row is None:
        raise UnknownSource(source_id)
    return _listed_source(row)


def memories_of_source(store: Store, owner: str, source_id: str, after: str | None, limit: int) -> list[StoredMemory]:
    """Up to ``limit`` memories of the source in their order, behind the one with the id ``after``.

    Raises UnknownSource and UnknownCursor.
    """
    source = select(memory_sources.c.number).where(
        memory_sources.c.id == kept(source_id), memory_sources.c.owner == owner
    )
    with store.database.read() as connection:
        number = connection.execute(source).scalar()
        if number is None:
            raise UnknownSource(source_id)
        its = select(*MEMORY).where(memories.c.source == number).order_by(*_IN_ORDER).limit(limit)
        if after is not None:
            here = memories.c.id == kept(after), memories.c.source == number
            at = found_at(connection, after, select(*_IN_ORDER).where(*here))
            its = its.where(tuple_(*_IN_ORDER) > tuple_(*at))
        return _memories(connection, its)


def list_tags(store: Store, owner: str) -> dict[str, int]:
    """The tags that the owner's sources bear, and how many bear each, in their order."""
    count = (
        select(memory_tags.c.tag, func.count().label("bearing"))
        .join(memory_sources)
        .where(memory_sources.c.owner == owner)
    )
    with store.database.read() as connection:
        rows = connection.execute(count.group_by(memory_tags.c.tag).order_by(memory_tags.c.tag))
        return {row.tag: row.bearing for row in rows}


def counts(store: Store, owner: str) -> Counts:
    """How much of the owner's is remembered, and how much of it lies in each space that is or becomes searched."""
    of_owner = select(func.count()).where(memories.c.owner == owner)
    sources = select(func.count(distinct(memories.c.source))).where(memories.c.owner == owner)
    with store.database.read() as connection:
        in_use = spaces_of(connection, SpaceState.ACTIVE, SpaceState.BUILDING)
        vectors = {stored: count_vectors(connection, stored, owner) for stored in in_use}
        return Counts(connection.execute(of_owner).scalar_one(), connection.execute(sources).scalar_one(), vectors)


def _listed(connection: Connection, owner: str, where: Sequence[ColumnElement[bool]] = ()) -> Select[Any]:
    """Select the owner's sources, with ``where`` those of which such a memory is there."""
    postgresql = connection.dialect.name == "postgresql"
    its = memories.c.source == memory_sources.c.number
    collected = func.json_agg if postgresql else func.json_group_array
    modalities = select(collected(distinct(memories.c.modality), type_=JSON)).where(its).scalar_subquery()
    count = select(func.count()).where(its).scalar_subquery()
    columns = (*source_columns(postgresql=postgresql), count.label("memories"), modalities.label("modalities"))
    listed = select(*columns).where(memory_sources.c.owner == owner)
    return listed.where(select(1).where(its, *where).exists()) if where else listed


def _listed_source(row: Any) -> ListedSource:  # Any: a row of several types
    return ListedSource(source_of(row), row.memories, tuple(sorted(row.modalities or ())))


def _memories(connection: Connection, statement: Select[Any]) -> list[StoredMemory]:
    return [memory_of(row) for row in connection.execute(statement)]
