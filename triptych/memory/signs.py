"""Vectors in SQLite: kept whole, and looked for by the signs of their numbers: a million are soon gone through.

What is nearest by its signs is compared by the vectors themselves (docs/adr/0014). The signs tell in which direction a
vector lies from the centre of all: those of one model, of pictures above all, lie in one part of their space, and would
have most signs in common.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from struct import pack, unpack

from sqlalchemy import (
    BigInteger,
    Connection,
    Double,
    LargeBinary,
    Select,
    TableClause,
    column,
    func,
    literal,
    select,
    table,
    text,
    update,
)

from triptych.memory.filters import Within
from triptych.memory.tables import memories, memory_spaces
from triptych.memory.values import StoredSpace

CANDIDATES = 1000  # whose signs are nearest; as long as a space has no more vectors all of them are compared

_PUT = "INSERT OR REPLACE INTO {vectors} (memory, vector) VALUES (:memory, :vector)"
_PUT_SIGNS = """
    INSERT OR REPLACE INTO {vectors}_signs (owner, memory, signs)
    VALUES (:owner, :memory, vec_quantize_binary({direction}))
"""
_SIGN_ANEW = """
    UPDATE {vectors}_signs SET signs = vec_quantize_binary(
        vec_sub((SELECT vector FROM {vectors} WHERE {vectors}.memory = {vectors}_signs.memory), :centre)
    )
"""


@dataclass(frozen=True, slots=True)
class Near:
    """What is looked for in a space: ``values`` is float32, little-endian, of length 1."""

    stored: StoredSpace
    values: bytes


def put_with_signs(connection: Connection, stored: StoredSpace, owner: str, rows: Sequence[tuple[int, bytes]]) -> None:
    """Keep the vectors of memories, by their numbers, with their signs; find the centre once there are enough."""
    centre = _centre(connection, stored)
    direction = ":vector" if centre is None else "vec_sub(:vector, :centre)"
    values = [{"memory": number, "owner": owner, "vector": padded(vector), "centre": centre} for number, vector in rows]
    for statement in (_PUT, _PUT_SIGNS):
        connection.execute(text(statement.format(vectors=stored.vectors, direction=direction)), values)
    if centre is None:
        _find_centre(connection, stored)


def nearest_by_signs(connection: Connection, near: Near, within: Within, depth: int) -> Select[tuple[int, float]]:
    """Select the nearest memories, as ``vectors.nearest`` does."""
    vectors, signs = vectors_table(near.stored), signs_table(near.stored)
    direction = _beside(near.values, _centre(connection, near.stored))
    asked, towards = literal(padded(near.values), LargeBinary), literal(padded(direction), LargeBinary)
    distance = func.vec_distance_hamming(func.vec_bit(signs.c.signs), func.vec_quantize_binary(towards))
    its = select(signs.c.memory).where(signs.c.owner == within.owner)
    if not within.every:
        its = its.where(signs.c.memory.in_(select(memories.c.number).where(*within.where)))
    candidates = its.order_by(distance).limit(max(CANDIDATES, depth)).subquery()
    score = (1.0 - func.vec_distance_cosine(vectors.c.vector, asked, type_=Double)).label("score")
    compared = select(vectors.c.memory, score).join(candidates, candidates.c.memory == vectors.c.memory)
    return compared.order_by(score.desc(), vectors.c.memory).limit(depth)


def vectors_table(stored: StoredSpace) -> TableClause:
    """The table of the space's vectors, in either database."""
    return table(stored.vectors, column("owner"), column("memory", BigInteger), column("vector", LargeBinary))


def signs_table(stored: StoredSpace) -> TableClause:
    """The table of their signs."""
    return table(f"{stored.vectors}_signs", column("owner"), column("memory", BigInteger), column("signs"))


def padded(values: bytes) -> bytes:
    """The vector with as many zeros as make its dimensions a multiple of 8, which signs are packed by."""
    return values + bytes(-len(values) % 32)


def _centre(connection: Connection, stored: StoredSpace) -> bytes | None:
    return connection.execute(select(memory_spaces.c.centre).where(memory_spaces.c.number == stored.number)).scalar()


def _find_centre(connection: Connection, stored: StoredSpace) -> None:
    """Take the middle of the first ``CANDIDATES`` vectors for the centre of all, and have the signs tell from it."""
    first = select(vectors_table(stored).c.vector).limit(CANDIDATES)
    if connection.execute(select(func.count()).select_from(first.subquery())).scalar_one() < CANDIDATES:
        return
    values = [unpack(f"<{len(vector) // 4}f", vector) for vector in connection.execute(first).scalars()]
    centre = pack(f"<{len(values[0])}f", *(sum(of_one) / len(values) for of_one in zip(*values, strict=True)))
    connection.execute(update(memory_spaces).where(memory_spaces.c.number == stored.number).values(centre=centre))
    connection.execute(text(_SIGN_ANEW.format(vectors=stored.vectors)), {"centre": centre})


def _beside(values: bytes, centre: bytes | None) -> bytes:
    """The part of a vector that is perpendicular to the centre, which alone tells those around it apart."""
    if centre is None:
        return values
    asked = unpack(f"<{len(values) // 4}f", values)
    middle = unpack(f"<{len(centre) // 4}f", centre)[: len(asked)]
    along = sum(map(mul, asked, middle)) / (sum(map(mul, middle, middle)) or 1.0)
    return pack(f"<{len(asked)}f", *(value - along * of_middle for value, of_middle in zip(asked, middle, strict=True)))
