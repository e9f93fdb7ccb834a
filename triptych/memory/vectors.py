"""Keeping vectors in the tables of their spaces, and ranking memories by how near theirs lie to another."""

import json
from collections.abc import Sequence
from math import inf
from operator import mul
from struct import pack, unpack
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Select,
    Text,
    cast,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.types import UserDefinedType

from pipelines.house import Space
from triptych.memory.filters import Within
from triptych.memory.signs import Near, nearest_by_signs, put_with_signs, signs_table, vectors_table
from triptych.memory.tables import memories
from triptych.memory.values import StoredSpace

EXACT_UP_TO = (
    10_000  # memories that the filters leave: PostgreSQL compares all of them rather than walk through its index
)


class HalfVector(UserDefinedType[str]):
    """pgvector's halfvec, in its text form."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # Any: SQLAlchemy's
        """Its name."""
        return "halfvec"


class BadVector(ValueError):
    """It points nowhere, or is of another space; the message says which. Kept, it would fail all searches there."""


def put_vectors(connection: Connection, stored: StoredSpace, owner: str, rows: Sequence[tuple[int, bytes]]) -> None:
    """Keep the vectors of memories, by their numbers, in place of those that they have there. Raises BadVector."""
    for _, vector in rows:
        check_vector(stored, vector)
    if connection.dialect.name == "sqlite":
        put_with_signs(connection, stored, owner, rows)
    else:
        values = [{"memory": number, "owner": owner, "vector": _written(vector)} for number, vector in rows]
        connection.execute(text(_POSTGRESQL_PUT.format(vectors=stored.vectors)), values)


_POSTGRESQL_PUT = (
    "INSERT INTO {vectors} (memory, owner, vector) VALUES (:memory, :owner, CAST(:vector AS halfvec))"
    " ON CONFLICT (memory) DO UPDATE SET vector = excluded.vector"
)


def check_vector(stored: StoredSpace, values: bytes) -> None:
    """Raise BadVector where ``values`` are no vector of the space."""
    check_values(stored.space, values)


def check_values(space: Space, values: bytes) -> None:
    """As ``check_vector``, of a space that need not be kept."""
    if len(values) != 4 * space.dimensions:
        raise BadVector(f"a vector of {space.model} has {4 * space.dimensions:,} bytes, not {len(values):,}")
    numbers = unpack(f"<{space.dimensions}f", values)
    if not 0 < sum(map(mul, numbers, numbers)) < inf:
        raise BadVector(f"a vector of {space.model} has a length, this one is all zeros or has what is no number")


def vector_of(connection: Connection, stored: StoredSpace, number: int) -> bytes | None:
    """The vector that the memory has in the space, float32, little-endian; None where it has none."""
    vectors = vectors_table(stored)
    if connection.dialect.name == "sqlite":
        values = connection.execute(select(vectors.c.vector).where(vectors.c.memory == number)).scalar()
        return None if values is None else values[: 4 * stored.space.dimensions]
    told = select(cast(vectors.c.vector, Text)).where(vectors.c.memory == number)
    written = connection.execute(told).scalar()
    return None if written is None else pack(f"<{stored.space.dimensions}f", *json.loads(written))


def count_vectors(connection: Connection, stored: StoredSpace, owner: str) -> int:
    """How many of the owner's memories have a vector in the space."""
    its = vectors_table(stored) if connection.dialect.name == "postgresql" else signs_table(stored)
    return connection.execute(select(func.count()).select_from(its).where(its.c.owner == owner)).scalar_one()


def nearest(connection: Connection, near: Near, within: Within, depth: int) -> Select[tuple[int, float]]:
    """Select the ``depth`` memories nearest to a vector: ``memory``, and the cosine of the angle as ``score``."""
    if connection.dialect.name == "sqlite":
        return nearest_by_signs(connection, near, within, depth)
    return _by_index(near, within, depth)


def _by_index(near: Near, within: Within, depth: int) -> Select[tuple[int, float]]:
    """By looking at all where few are allowed, which the index would have to search for among all the others."""
    vectors = vectors_table(near.stored)
    asked = cast(literal(_written(near.values)), HalfVector())
    distance: ColumnElement[float] = vectors.c.vector.op("<=>", return_type=Double())(asked)
    few = select(memories.c.number).where(*within.where).limit(EXACT_UP_TO + 1).cte(f"few_{near.stored.number}")
    few = few.prefix_with("MATERIALIZED")
    counted = (
        select((func.count() <= EXACT_UP_TO).label("are_few")).select_from(few).cte(f"counted_{near.stored.number}")
    )
    are_few = select(counted.c.are_few).scalar_subquery()
    compared = select(vectors.c.memory, distance.label("distance"))
    of_all = compared.join(few, few.c.number == vectors.c.memory).where(are_few)
    walked = compared.where(vectors.c.owner == within.owner, ~are_few)
    if not within.every:
        walked = walked.where(select(1).where(memories.c.number == vectors.c.memory, *within.where).exists())
    halves = [half.order_by(distance).limit(depth).subquery() for half in (of_all, walked)]
    both = union_all(*(select(half) for half in halves)).subquery()
    return select(both.c.memory, (1.0 - both.c.distance).label("score"))


def _written(values: bytes) -> str:
    """The vector in pgvector's text form."""
    return f"[{','.join(f'{value:.5g}' for value in unpack(f'<{len(values) // 4}f', values))}]"
