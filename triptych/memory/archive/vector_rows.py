"""Vectors as records, whichever way a database keeps them."""

import base64
from collections.abc import Iterator

from sqlalchemy import Connection, select

from triptych.memory.archive.records import Record, VectorRecord
from triptych.memory.spaces import can_compare, spaces_of
from triptych.memory.tables import memories
from triptych.memory.values import SpaceState
from triptych.memory.vector_pages import vectors_of

AT_A_TIME = 300


def vectors(connection: Connection, owner: str) -> Iterator[Record]:
    """The owner's vectors in the spaces that are searched."""
    if not can_compare(connection):
        return
    for stored in spaces_of(connection, SpaceState.ACTIVE):
        space = stored.space
        for page in _pages(connection, owner):
            for number, values in sorted(vectors_of(connection, stored, list(page)).items()):
                yield VectorRecord(
                    memory=page[number],
                    kind=space.kind,
                    model=space.model,
                    dimensions=space.dimensions,
                    is_joint=space.is_joint,
                    values=base64.b64encode(values).decode(),
                )


def _pages(connection: Connection, owner: str) -> Iterator[dict[int, str]]:
    """The ids of the owner's memories by their numbers."""
    its = select(memories.c.number, memories.c.id).where(memories.c.owner == owner)
    its, after = its.order_by(memories.c.number).limit(AT_A_TIME), -1
    while page := {row.number: row.id for row in connection.execute(its.where(memories.c.number > after))}:
        yield page
        after = max(page)
