"""The spaces that vectors lie in: one table for each, whose shape is its database's and its model's affair.

SQLite keeps the vectors, and beside them their signs, which are quick to look through (docs/adr/0014). PostgreSQL keeps
them with half the digits, in an HNSW index of pgvector's.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from pipelines.house import Space, SpaceKind
from triptych.database import Database
from triptych.memory.tables import memory_spaces
from triptych.memory.values import SpaceState, StoredSpace
from triptych.store import Store

OLDEST_PGVECTOR = (0, 8)  # the first whose index is looked through further when the filters leave too few
NO_VECTORS = "memories are compared by their words alone: this database cannot compare vectors ({})"

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
_POSTGRESQL_DROP = ("DROP TABLE {vectors}",)


class UnknownSpace(LookupError):
    """No such space; the message is its number."""


class OtherDimensions(ValueError):
    """A model's vectors have another number of dimensions than those that are kept; the message names both."""


def has_vectors(database: Database) -> bool:
    """Whether vectors can be kept and compared here; where not, everything works by words alone."""
    with database.read() as connection:
        return can_compare(connection)


def missing_for_vectors(store: Store) -> str:
    """What is missing for vectors to be kept and compared; empty where nothing is."""
    with store.database.read() as connection:
        return "" if can_compare(connection) else why_not(connection)


def can_compare(connection: Connection) -> bool:
    """As ``has_vectors``, of an open connection."""
    if connection.dialect.name == "sqlite":
        return bool(connection.exec_driver_sql(_KNOWS_SQLITE_VEC).scalar())
    version = connection.execute(_PGVECTOR).scalar()
    return version is not None and tuple(map(int, version.split(".")[:2])) >= OLDEST_PGVECTOR


_KNOWS_SQLITE_VEC = "SELECT count(*) FROM pragma_function_list WHERE name = 'vec_distance_hamming'"
_PGVECTOR = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")


def why_not(connection: Connection) -> str:
    """What is missing where ``can_compare`` is False."""
    return NO_VECTORS.format("sqlite-vec" if connection.dialect.name == "sqlite" else "pgvector 0.8 or newer")


def spaces(store: Store) -> list[StoredSpace]:
    """Every space that there is or was, oldest first."""
    with store.database.read() as connection:
        return spaces_of(connection)


def spaces_of(connection: Connection, *states: SpaceState) -> list[StoredSpace]:
    """The spaces in any of ``states``, or in whichever where none is given, oldest first."""
    found = [_stored(row) for row in connection.execute(_ALL)]
    return [stored for stored in found if not states or stored.state in states]


_ALL = select(memory_spaces).order_by(memory_spaces.c.number)


def open_space(connection: Connection, space: Space, now: float) -> StoredSpace:
    """The stored space of this model, made where there is none: the first of its kind is searched at once.

    One that was retired is begun anew. Nobody retires it before the transaction ends. Raises OtherDimensions.
    """
    its_own = select(memory_spaces).where(memory_spaces.c.kind == space.kind, memory_spaces.c.model == space.model)
    found = connection.execute(its_own.with_for_update(read=True)).one_or_none()
    if found is None or found.state == SpaceState.RETIRED:
        return _begin(connection, space, now)
    stored = _stored(found)
    if stored.space.dimensions != space.dimensions:
        raise OtherDimensions(f"{space.model} has {space.dimensions} dimensions, not {stored.space.dimensions}")
    return stored


def space_in_use(connection: Connection, space: Space) -> StoredSpace | None:
    """The stored space that is just this one, where it is searched or being built; else None: none is opened.

    Nobody retires it before the transaction ends.
    """
    its_own = select(memory_spaces).where(memory_spaces.c.kind == space.kind, memory_spaces.c.model == space.model)
    found = connection.execute(its_own.with_for_update(read=True)).one_or_none()
    stored = None if found is None or found.state == SpaceState.RETIRED else _stored(found)
    return stored if stored is not None and stored.space == space else None


def activate(connection: Connection, number: int) -> None:
    """Have this space searched from now on, and forget the one that was until now. Raises UnknownSpace.

    Searches that have begun go on with whichever they have found.
    """
    stored = _locked(connection, number)
    if stored.state is SpaceState.RETIRED:
        raise UnknownSpace(str(number))
    of_kind = select(memory_spaces).where(
        memory_spaces.c.kind == stored.space.kind, memory_spaces.c.state == SpaceState.ACTIVE
    )
    for row in connection.execute(of_kind.with_for_update()).all():
        if row.number != number:
            retire(connection, row.number)
    _put(connection, number, SpaceState.ACTIVE)


def retire(connection: Connection, number: int) -> None:
    """Forget the vectors of this space. Raises UnknownSpace."""
    stored = _locked(connection, number)
    if stored.state is not SpaceState.RETIRED:
        _run(connection, stored, _SQLITE_DROP if connection.dialect.name == "sqlite" else _POSTGRESQL_DROP)
        _put(connection, number, SpaceState.RETIRED)


def _begin(connection: Connection, space: Space, now: float) -> StoredSpace:
    """Make the table of a space that has none; whoever begins another waits."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE memory_spaces IN SHARE ROW EXCLUSIVE MODE")
    of_kind = connection.execute(select(memory_spaces).where(memory_spaces.c.kind == space.kind)).all()
    shape = {"dimensions": space.dimensions, "is_joint": space.is_joint, "centre": None}
    number = next((row.number for row in of_kind if row.model == space.model), None)
    if number is None:
        row = {"kind": space.kind, "model": space.model, "state": SpaceState.RETIRED, "created_at": now}
        new = insert(memory_spaces).values(**row, **shape).returning(memory_spaces.c.number)
        number = connection.execute(new).scalar_one()
    elif next(row.state for row in of_kind if row.number == number) != SpaceState.RETIRED:
        return open_space(connection, space, now)  # somebody else began it meanwhile
    else:
        connection.execute(update(memory_spaces).where(memory_spaces.c.number == number).values(**shape))
    is_first = all(row.state != SpaceState.ACTIVE for row in of_kind)
    stored = StoredSpace(number, space, SpaceState.ACTIVE if is_first else SpaceState.BUILDING)
    _run(connection, stored, _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL)
    _put(connection, number, stored.state)
    return stored


def _locked(connection: Connection, number: int) -> StoredSpace:
    row = connection.execute(select(memory_spaces).where(memory_spaces.c.number == number).with_for_update()).first()
    if row is None:
        raise UnknownSpace(str(number))
    return _stored(row)


def _put(connection: Connection, number: int, state: SpaceState) -> None:
    connection.execute(update(memory_spaces).where(memory_spaces.c.number == number).values(state=state))


def _run(connection: Connection, stored: StoredSpace, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement.format(vectors=stored.vectors, dimensions=stored.space.dimensions))


def _stored(row: Row[Any]) -> StoredSpace:
    space = Space(SpaceKind(row.kind), row.model, row.dimensions, row.is_joint)
    return StoredSpace(row.number, space, SpaceState(row.state))
