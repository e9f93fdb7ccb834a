"""Reading vectors back, many at a time: for a map, and for an archive."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from pipelines.house import MemoryKind, Modality, Vector
from triptych.memory.spaces import can_compare, spaces_of
from triptych.memory.tables import memories, memory_sources
from triptych.memory.values import SpaceState, StoredSpace


@dataclass(frozen=True, slots=True)
class Located:
    """A memory with its vectors in the spaces that are searched."""

    number: int
    id: str
    kind: MemoryKind
    modality: Modality
    title: str
    text: str
    vectors: Sequence[Vector]


def newest(
    connection: Connection, owner: str, modality: Modality | None, before: int | None, limit: int
) -> list[Located]:
    """The owner's newest ``limit`` memories of ``modality``, if any, before the one with a number.

    Those without a vector are among them.
    """
    its = (memories.c.number, memories.c.id, memories.c.kind, memories.c.modality, memories.c.text)
    page = select(*its, memory_sources.c.title).join(memory_sources).where(memories.c.owner == owner)
    if modality is not None:
        page = page.where(memories.c.modality == modality)
    if before is not None:
        page = page.where(memories.c.number < before)
    rows = connection.execute(page.order_by(memories.c.number.desc()).limit(limit)).all()
    vectors = _vectors_by_memory(connection, [row.number for row in rows])
    return [
        Located(
            row.number,
            row.id,
            MemoryKind(row.kind),
            Modality(row.modality),
            row.title,
            row.text,
            vectors.get(row.number, ()),
        )
        for row in rows
    ]


def _vectors_by_memory(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Vector]]:
    found: dict[int, list[Vector]] = {}
    for stored in spaces_of(connection, SpaceState.ACTIVE) if can_compare(connection) else ():
        for number, values in vectors_of(connection, stored, numbers).items():
            found.setdefault(number, []).append(Vector(stored.space, values))
    return found


def vectors_of(connection: Connection, stored: StoredSpace, numbers: Sequence[int]) -> dict[int, bytes]:
    """The vectors that memories have in a space, by their numbers: float32, little-endian."""
    shape = "vector" if connection.dialect.name == "sqlite" else "CAST(vector AS text)"
    statement = f"SELECT memory, {shape} AS found FROM {stored.vectors} WHERE memory IN :numbers"  # noqa: S608  a table of ours
    its = text(statement).bindparams(bindparam("numbers", expanding=True))
    rows = connection.execute(its, {"numbers": list(numbers)})
    return {row.memory: _float32(row.found, stored.space.dimensions) for row in rows}


def _float32(found: Any, dimensions: int) -> bytes:  # Any: bytes of SQLite's, a text of PostgreSQL's
    if isinstance(found, bytes):
        return found[: 4 * dimensions]  # behind them zeros, which make whole bytes of their signs
    return pack(f"<{dimensions}f", *json.loads(found))
