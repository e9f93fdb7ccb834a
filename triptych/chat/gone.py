"""Which of the sources that replies cite are no longer there: what they said stands in the citation itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, literal, select, union_all

from triptych.files import files
from triptych.memory.tables import memories

AT_ONCE = 10_000  # names in one question to the database


def with_gone(
    connection: Connection,
    owner: str,
    citations: Sequence[Sequence[Mapping[str, Any]]],  # Any: JSON
) -> Iterator[list[dict[str, Any]]]:
    """The citations of each reply, and in each whether what it cites is ``gone``: the memory, else the file."""
    memory_ids = {one["memory_id"] for of_reply in citations for one in of_reply if one["memory_id"]}
    file_ids = {one["file_id"] for of_reply in citations for one in of_reply if not one["memory_id"]}
    there = _there(connection, owner, sorted(memory_ids), sorted(filter(None, file_ids)))
    for of_reply in citations:
        yield [{**one, "gone": (one["memory_id"] or one["file_id"]) not in there} for one in of_reply]


def _there(connection: Connection, owner: str, memory_ids: Sequence[str], file_ids: Sequence[str]) -> set[str]:
    """Those of the memories and files that there are, asked by one statement for as many as it takes."""
    found: set[str] = set()
    for begin in range(0, max(len(memory_ids), len(file_ids)), AT_ONCE):
        end = begin + AT_ONCE
        kept = select(memories.c.id, literal(1)).where(
            memories.c.id.in_(memory_ids[begin:end]), memories.c.owner == owner
        )
        held = select(files.c.id, literal(2)).where(files.c.id.in_(file_ids[begin:end]), files.c.owner == owner)
        found.update(connection.execute(union_all(kept, held)).scalars())
    return found
