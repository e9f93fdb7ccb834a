"""Which of the sources that replies cite are no longer there: what they said stands in the citation itself."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from pipelines.house import MemoryKind
from triptych.files import files
from triptych.jobs.tables import jobs
from triptych.memory.tables import memories

AT_ONCE = 10_000  # names in one question to the database


def with_gone(
    connection: Connection,
    owner: str,
    citations: Sequence[Sequence[Mapping[str, Any]]],  # Any: JSON
) -> Iterator[list[dict[str, Any]]]:
    """The citations of each reply, naming no memory, file or job that is not there any more.

    What neither memory nor file is left of is ``gone``: a job alone shows none of what it was about. So is a note that
    was deleted: it stands in no file.
    """
    there = {
        name: _there(connection, owner, table, {one[name] for of_reply in citations for one in of_reply})
        for name, table in (("memory_id", memories), ("file_id", files), ("job_id", jobs))
    }
    for of_reply in citations:
        yield [_told(one, there) for one in of_reply]


def _told(citation: Mapping[str, Any], there: Mapping[str, set[str]]) -> dict[str, Any]:
    left = {name: citation[name] if citation[name] in found else None for name, found in there.items()}
    has_file = left["file_id"] is not None and citation["kind"] != MemoryKind.NOTE
    return {**citation, **left, "gone": left["memory_id"] is None and not has_file}


def _there(connection: Connection, owner: str, table: Table, ids: Collection[str | None]) -> set[str]:
    """Those of the rows with these ids that there are and that are the owner's."""
    asked, found = sorted(filter(None, ids)), set[str]()
    for begin in range(0, len(asked), AT_ONCE):
        some = table.c.id.in_(asked[begin : begin + AT_ONCE])
        found.update(connection.execute(select(table.c.id).where(some, table.c.owner == owner)).scalars())
    return found
