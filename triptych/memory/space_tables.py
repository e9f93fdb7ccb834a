"""The table of a space's vectors, in each database's own way: made with the space, dropped so that nobody waits for it.

SQLite keeps the vectors, and beside them their signs, which are quick to look through (docs/adr/0014). PostgreSQL keeps
them with half the digits, in an HNSW index of pgvector's.
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import ColumnElement, Connection, and_, delete, select
from sqlalchemy.exc import OperationalError

from triptych.database import Database
from triptych.memory.tables import memory_spaces
from triptych.memory.values import SpaceState, StoredSpace

log = structlog.get_logger()

PATIENCE_MS = 100  # with readers of the table; for as long others wait behind who waits for them
ROWS_AT_ONCE = 500  # of SQLite's that one transaction removes: about a millisecond
PAGES = 40  # of these that one call removes: a million vectors are gone after 50 calls
_LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html

_SQLITE = (
    """
    CREATE TABLE {vectors} (
        memory INTEGER PRIMARY KEY REFERENCES memories (number) ON DELETE CASCADE, vector BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE {vectors}_signs (
        owner TEXT NOT NULL, memory INTEGER NOT NULL, signs BLOB NOT NULL, PRIMARY KEY (owner, memory)
    ) WITHOUT ROWID
    """,
    """
    CREATE TRIGGER {vectors}_are_forgotten AFTER DELETE ON memories BEGIN
        DELETE FROM {vectors}_signs WHERE owner = OLD.owner AND memory = OLD.number;
    END
    """,
)
_SQLITE_EMPTY = "DELETE FROM {vectors} WHERE memory IN (SELECT memory FROM {vectors} ORDER BY memory LIMIT {rows})"
_SQLITE_DROP = ("DROP TRIGGER {vectors}_are_forgotten", "DROP TABLE {vectors}_signs", "DROP TABLE {vectors}")
_POSTGRESQL = (
    """
    CREATE TABLE {vectors} (
        memory bigint PRIMARY KEY REFERENCES memories (number) ON DELETE CASCADE,
        owner varchar(64) NOT NULL,
        vector halfvec({dimensions}) NOT NULL
    )
    """,
    "CREATE INDEX ix_{vectors} ON {vectors} USING hnsw (vector halfvec_cosine_ops)",
)
# The table refers to memories, whose readers it locks out too; those that delete memories lock them in this order.
_POSTGRESQL_DROP = ("LOCK TABLE memories IN ACCESS EXCLUSIVE MODE", "DROP TABLE {vectors}")


def make_table(connection: Connection, stored: StoredSpace) -> None:
    """Make the table of a space that has none; on PostgreSQL who writes memories waits until the commit."""
    _run(connection, stored, _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL)


def hold_tables(connection: Connection, spaces: Sequence[StoredSpace]) -> None:
    """Have these tables be there until the transaction ends, though its snapshot may be older than what others see."""
    if spaces and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(one.vectors for one in spaces)} IN ACCESS SHARE MODE")


def drop_table(database: Database, stored: StoredSpace) -> None:
    """Drop the table of a space that is retired, and forget the space; or come nearer to it, and call this again.

    SQLite frees each page of a table that it drops: of a million vectors these are two gigabytes, so they go by
    ``ROWS_AT_ONCE``. PostgreSQL wants the table and all memories for itself, for a moment, which is tried
    for ``PATIENCE_MS``: an export may read them for hours, and searches would queue up behind who waits for it.
    """
    if database.is_postgresql:
        _drop_unless_read(database, stored)
        return
    for _ in range(PAGES):
        with database.write() as connection:
            if connection.execute(select(memory_spaces).where(_is_retired(stored))).first() is None:
                return  # another sweep was quicker
            if not _run(connection, stored, [_SQLITE_EMPTY]):
                _run(connection, stored, _SQLITE_DROP)
                _forget(connection, stored)
                return


def _drop_unless_read(database: Database, stored: StoredSpace) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE_MS}ms'")
        try:
            with connection.begin_nested():
                if _forget(connection, stored):
                    _run(connection, stored, _POSTGRESQL_DROP)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            log.info("the vectors of a model are still read, and dropped later", model=stored.space.model)


def _forget(connection: Connection, stored: StoredSpace) -> bool:
    """Remove its row, unless another sweep has just done so: then the table is gone too."""
    return bool(connection.execute(delete(memory_spaces).where(_is_retired(stored))).rowcount)


def _is_retired(stored: StoredSpace) -> ColumnElement[bool]:
    """Still: SQLite gives the number of one that is gone to the next that is built."""
    return and_(memory_spaces.c.number == stored.number, memory_spaces.c.state == SpaceState.RETIRED)


def _run(connection: Connection, stored: StoredSpace, statements: Sequence[str]) -> int:
    """Run the statements, and tell how many rows the last of them changed."""
    changed = 0
    for statement in statements:
        named = statement.format(vectors=stored.vectors, dimensions=stored.space.dimensions, rows=ROWS_AT_ONCE)
        changed = connection.exec_driver_sql(named).rowcount
    return changed
