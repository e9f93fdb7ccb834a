"""Memories without a vector in a space: all of them where another model takes over, and notes until theirs is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, column, func, select, table

from pipelines.house import MemoryKind, SpaceKind
from triptych.memory.spaces import can_compare, spaces_of
from triptych.memory.tables import IS_NOTE, memories, memory_sources
from triptych.memory.values import SpaceState, StoredSpace
from triptych.memory.vectors import put_vectors

# Whose vectors lie in a space. A file's name has none: a word by itself is near to much.
KINDS = {
    SpaceKind.TEXT: (MemoryKind.SEGMENT, MemoryKind.PASSAGE, MemoryKind.LINE, MemoryKind.LABELS, MemoryKind.NOTE),
    SpaceKind.PICTURE: (MemoryKind.PICTURE, MemoryKind.LABELS),
}


@dataclass(frozen=True, slots=True)
class Lacking:
    """A memory that wants a vector. ``file_id``: the file that it comes of, None where a job needed none."""

    number: int
    id: str
    owner: str
    kind: MemoryKind
    language: str
    text: str
    file_id: str | None


def memories_without_vector(
    connection: Connection, owner: str | None, stored: StoredSpace, after_number: int, limit: int
) -> list[Lacking]:
    """Up to ``limit`` memories of the owner, or of all, that have no vector in the space, behind ``after_number``."""
    statement = _lacking(stored).where(memories.c.number > after_number, *_wants(stored))
    if owner is not None:
        statement = statement.where(memories.c.owner == owner)
    return _told(connection, statement.order_by(memories.c.number).limit(limit))


def count_without_vector(connection: Connection, stored: StoredSpace) -> int:
    """How many memories, of whomever, have no vector in the space and are to have one."""
    lacking = _lacking(stored).where(*_wants(stored)).subquery()
    return connection.execute(select(func.count()).select_from(lacking)).scalar_one()


def notes_without_vectors(connection: Connection, limit: int) -> list[tuple[StoredSpace, list[Lacking]]]:
    """For each space of texts that is or becomes searched, up to ``limit`` notes that have no vector in it."""
    if not can_compare(connection):
        return []
    in_use = spaces_of(connection, SpaceState.ACTIVE, SpaceState.BUILDING)
    return [
        (stored, _told(connection, _lacking(stored).where(IS_NOTE).limit(limit)))
        for stored in in_use
        if stored.space.kind is SpaceKind.TEXT
    ]


def fill(connection: Connection, stored: StoredSpace, vectors: Mapping[str, bytes]) -> int:
    """Keep the vectors of memories by their ids, of those that are still there; return of how many.

    A vector is float32, little-endian, of length 1. The space must not have been retired meanwhile: see ``open_space``.
    """
    its = select(memories.c.id, memories.c.number, memories.c.owner).where(memories.c.id.in_(sorted(vectors)))
    rows = connection.execute(its.order_by(memories.c.number).with_for_update(read=True, key_share=True)).all()
    for owner in sorted({row.owner for row in rows}):
        of_owner = [(row.number, vectors[row.id]) for row in rows if row.owner == owner]
        put_vectors(connection, stored, owner, of_owner)
    return len(rows)


def _wants(stored: StoredSpace) -> list[ColumnElement[bool]]:
    """What holds of memories whose vectors are to lie in the space."""
    return [memories.c.kind.in_(KINDS[stored.space.kind])]


def _lacking(stored: StoredSpace) -> Select[Any]:  # Any: columns of several types
    vectors = table(stored.vectors, column("memory"))
    columns = (
        memories.c.number,
        memories.c.id,
        memories.c.owner,
        memories.c.kind,
        memories.c.language,
        memories.c.text,
        memory_sources.c.file_id,
    )
    has_one = select(1).where(vectors.c.memory == memories.c.number).exists()
    return select(*columns).join(memory_sources, memory_sources.c.number == memories.c.source).where(~has_one)


def _told(connection: Connection, statement: Select[Any]) -> list[Lacking]:
    return [Lacking(**{**row._mapping, "kind": MemoryKind(row.kind)}) for row in connection.execute(statement)]
