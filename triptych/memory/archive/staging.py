"""Rows of an archive on their way in: nobody's until all are there, and then, in one transaction, their owner's.

So an import is there as a whole or not at all, and yet no transaction holds the write lock for long.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select, text, update

from triptych.chat.conversations import part_in
from triptych.chat.tables import conversations
from triptych.files import files
from triptych.ids import first_id_of, new_id
from triptych.jobs.quotas import check_quota
from triptych.jobs.tables import jobs
from triptych.memory import expressions
from triptych.memory.archive.identity import Owners
from triptych.memory.spaces import can_compare, spaces_of
from triptych.memory.tables import collections, memories, memory_sources
from triptych.memory.values import SpaceState
from triptych.store import Store

STAGED = "import:"
ABANDONED_S = 24 * 3600.0  # an import that is as old as this died with its process
_TABLES: Sequence[Table] = (conversations, collections, memories, memory_sources, jobs, files)  # what refers, first


def begin(store: Store, owner: str) -> Owners:
    """A name to write rows under; what imports left that died is removed before."""
    oldest = f"{STAGED}{first_id_of(store.clock() - ABANDONED_S)}"
    for table in _TABLES:
        with store.database.write() as connection:
            _remove(connection, table, and_(table.c.owner >= STAGED, table.c.owner < oldest, _is_staged(table)))
    return Owners(owner, f"{STAGED}{new_id()}")


def finish(store: Store, owners: Owners) -> None:
    """Have everything that was staged be its owner's. Raises jobs.quotas.QuotaExceeded."""
    with store.database.write() as connection:
        check_quota(connection, store.settings, owners.owner, 0, _staged_bytes(connection, owners))
        _give_words(connection, owners)
        _give_vectors(connection, owners)
        for table in reversed(_TABLES):
            staged = table.c.owner == owners.staged
            connection.execute(update(table).where(staged).values(owner=owners.owner))


def abandon(store: Store, owners: Owners) -> None:
    """Remove everything that was staged; contents that nothing refers to go with the next sweep."""
    for table in _TABLES:
        with store.database.write() as connection:
            _remove(connection, table, table.c.owner == owners.staged)


def _is_staged(table: Table) -> ColumnElement[bool]:
    return table.c.owner.startswith(STAGED)


def _remove(connection: Connection, table: Table, which: ColumnElement[bool]) -> None:
    if table is conversations:
        part_in(connection, which)
    connection.execute(delete(table).where(which))


def _staged_bytes(connection: Connection, owners: Owners) -> int:
    total = select(func.coalesce(func.sum(files.c.size_bytes), 0)).where(files.c.owner == owners.staged)
    return int(connection.execute(total).scalar_one())


def _give_words(connection: Connection, owners: Owners) -> None:
    """On PostgreSQL the words of a memory tell whose they are (triptych/memory/words.py)."""
    if connection.dialect.name == "postgresql":
        marks = {"mark": expressions.tsvector([], owners.owner), "old": expressions.tsvector([], owners.staged)}
        connection.execute(_GIVE_WORDS, {**marks, "staged": owners.staged})


_GIVE_WORDS = text(
    "UPDATE memory_words SET words = ts_delete(words, tsvector_to_array(CAST(:old AS tsvector)))"
    " || CAST(:mark AS tsvector) WHERE memory IN (SELECT number FROM memories WHERE owner = :staged)"
)


def _give_vectors(connection: Connection, owners: Owners) -> None:
    if not can_compare(connection):
        return
    for stored in spaces_of(connection, SpaceState.ACTIVE, SpaceState.BUILDING):
        table = f"{stored.vectors}_signs" if connection.dialect.name == "sqlite" else stored.vectors
        given = text(f"UPDATE {table} SET owner = :owner WHERE owner = :staged")  # noqa: S608  our own table's name
        connection.execute(given, {"owner": owners.owner, "staged": owners.staged})
