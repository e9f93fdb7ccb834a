"""Vectors as records, whichever way a database keeps them."""

import base64
from collections.abc import Iterator
from struct import pack
from typing import Any

from sqlalchemy import Connection, text

from triptych.memory.archive.records import Record, VectorRecord
from triptych.memory.spaces import can_compare, spaces_of
from triptych.memory.values import SpaceState, StoredSpace

AT_A_TIME = 300


def vectors(connection: Connection, owner: str) -> Iterator[Record]:
    """The owner's vectors in the spaces that are searched."""
    if not can_compare(connection):
        return
    for stored in spaces_of(connection, SpaceState.ACTIVE):
        space, after = stored.space, -1
        while page := read_vectors(connection, stored, owner, after, AT_A_TIME):
            for _, memory_id, values in page:
                yield VectorRecord(
                    memory=memory_id,
                    kind=space.kind,
                    model=space.model,
                    dimensions=space.dimensions,
                    is_joint=space.is_joint,
                    values=base64.b64encode(values).decode(),
                )
            after = page[-1][0]


def read_vectors(
    connection: Connection, stored: StoredSpace, owner: str, after: int, count: int
) -> list[tuple[int, str, bytes]]:
    """Up to ``count`` of the owner's vectors of memories numbered above ``after``: number, id, values.

    ``values`` is float32, little-endian: PostgreSQL keeps half its digits.
    """
    shape = "vector" if connection.dialect.name == "sqlite" else "CAST(CAST(vector AS vector) AS real[])"
    statement = _PAGE.format(vectors=stored.vectors, shape=shape)
    found = connection.execute(text(statement), {"the_owner": owner, "after": after, "most": count})
    return [(row.number, row.id, _float32(row.found, stored.space.dimensions)) for row in found]


_PAGE = (
    "SELECT memories.number, memories.id, {shape} AS found FROM {vectors} JOIN memories ON memories.number = memory"
    " WHERE memories.owner = :the_owner AND memories.number > :after ORDER BY memories.number LIMIT :most"
)


def _float32(found: Any, dimensions: int) -> bytes:  # Any: bytes of SQLite's, a list of PostgreSQL's
    if isinstance(found, bytes):
        return found[: 4 * dimensions]  # behind them zeros, which make whole bytes of their signs
    return pack(f"<{dimensions}f", *found)
