"""Giving the rows of an import that is whole to who brought them: a page a transaction, whoever does it.

Nothing is given before what it refers to, but for jobs: those that were asked for go before who asked, so that nobody
can have a family done again that is not all there.
"""

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    exists,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from triptych.chat.tables import conversations
from triptych.files import files
from triptych.jobs.tables import jobs
from triptych.memory import expressions
from triptych.memory.archive.identity import Owners
from triptych.memory.spaces import can_compare, spaces_in_use, spaces_of
from triptych.memory.tables import collection_sources, collections, memories, memory_imports, memory_sources
from triptych.memory.values import SpaceState, StoredSpace
from triptych.store import Store

log = structlog.get_logger()

AT_A_TIME = 300  # rows that one transaction gives
PAGES_A_SWEEP = 20
LEFT_ALONE_S = 60.0  # for which who brought an import is taken to be giving its rows

Give = Callable[[Connection, Owners], bool]


def give(store: Store, owners: Owners) -> None:
    """Have everything that was staged be its owner's, and forget that there was an import. Again changes nothing."""
    while _give_page(store, owners):
        pass


def give_owners(store: Store, owner: str) -> None:
    """Give what imports of ``owner``'s left that are whole, whoever is at it."""
    for owners in _whole(store, memory_imports.c.owner == owner):
        give(store, owners)


def sweep_imports(store: Store) -> None:
    """Go on with what an import left that is whole and whose process died: a few pages, since sweeps are short.

    One whose rows the database refuses is passed over.
    """
    for owners in _whole(store, memory_imports.c.whole_at < store.clock() - LEFT_ALONE_S):
        try:
            all(_give_page(store, owners) for _ in range(PAGES_A_SWEEP))
        except SQLAlchemyError:
            log.exception("rows of an import cannot be given", staged=owners.staged)
        else:
            return


def _whole(store: Store, which: ColumnElement[bool]) -> list[Owners]:
    wanted = select(memory_imports.c.owner, memory_imports.c.staged).where(which).order_by(memory_imports.c.staged)
    with store.database.read() as connection:
        return [Owners(row.owner, row.staged) for row in connection.execute(wanted)]


def _give_page(store: Store, owners: Owners) -> bool:
    """Give a page, and return whether there may be more. Of several who give the same, one does at a time."""
    its_own = memory_imports.c.staged == owners.staged
    with store.database.write() as connection:
        if connection.execute(select(memory_imports.c.owner).where(its_own).with_for_update()).first() is None:
            return False
        if any(step(connection, owners) for step in _STEPS):
            return True
        connection.execute(delete(memory_imports).where(its_own))
        return False


def _plainly(table: Table, key: Column[Any]) -> Give:  # Any: ids are texts, numbers are numbers
    def give_rows(connection: Connection, owners: Owners) -> bool:
        page = select(key).where(table.c.owner == owners.staged).order_by(key).limit(AT_A_TIME)
        return _own(connection, table, key.in_(connection.execute(page).scalars().all()), owners)

    return give_rows


def _own(connection: Connection, table: Table, which: ColumnElement[bool], owners: Owners) -> bool:
    return connection.execute(update(table).where(which).values(owner=owners.owner)).rowcount > 0


def _give_jobs(connection: Connection, owners: Owners) -> bool:
    """Those that have asked for none that is left; the newest first, since children are younger."""
    children = jobs.alias()
    asked = exists().where(children.c.parent_id == jobs.c.id, children.c.owner == owners.staged)
    page = select(jobs.c.id).where(jobs.c.owner == owners.staged, ~asked).order_by(jobs.c.id.desc()).limit(AT_A_TIME)
    return _own(connection, jobs, jobs.c.id.in_(connection.execute(page).scalars().all()), owners)


def _give_collections(connection: Connection, owners: Owners) -> bool:
    """One whose name the owner has given to another meanwhile goes into that."""
    page = select(collections.c.id, collections.c.name).where(collections.c.owner == owners.staged).limit(AT_A_TIME)
    rows = connection.execute(page).all()
    of_name = select(collections.c.name, collections.c.id).where(
        collections.c.owner == owners.owner, collections.c.name.in_([row.name for row in rows])
    )
    named = {row.name: row.id for row in connection.execute(of_name)}
    for row in rows:
        if row.name in named:
            _move_into(connection, row.id, named[row.name])
    _own(connection, collections, collections.c.id.in_([row.id for row in rows if row.name not in named]), owners)
    return bool(rows)


def _move_into(connection: Connection, collection_id: str, other: str) -> None:
    there = select(collection_sources.c.source).where(collection_sources.c.collection_id == other)
    held = select(bindparam("other", other), collection_sources.c.source, collection_sources.c.added_at)
    held = held.where(collection_sources.c.collection_id == collection_id, collection_sources.c.source.not_in(there))
    connection.execute(insert(collection_sources).from_select(["collection_id", "source", "added_at"], held))
    connection.execute(delete(collections).where(collections.c.id == collection_id))


def _give_memories(connection: Connection, owners: Owners) -> bool:
    """With their words and vectors, where these tell whose they are."""
    in_use = _in_use(connection)  # held before any memory, as everywhere
    page = select(memories.c.number).where(memories.c.owner == owners.staged).order_by(memories.c.number)
    numbers = connection.execute(page.limit(AT_A_TIME).with_for_update()).scalars().all()
    given = {"numbers": list(numbers), "owner": owners.owner, "staged": owners.staged}
    if numbers and connection.dialect.name == "postgresql":
        marks = {"mark": expressions.tsvector([], owners.owner), "old": expressions.tsvector([], owners.staged)}
        connection.execute(_GIVE_WORDS, {**marks, "numbers": list(numbers)})
    for stored in in_use if numbers else ():
        statement = _GIVE_SIGNS if connection.dialect.name == "sqlite" else _GIVE_VECTORS
        connection.execute(text(statement.format(vectors=stored.vectors)).bindparams(_NUMBERS), given)
    return _own(connection, memories, memories.c.number.in_(numbers), owners)


_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_GIVE_WORDS = text(
    "UPDATE memory_words SET words = ts_delete(words, tsvector_to_array(CAST(:old AS tsvector)))"
    " || CAST(:mark AS tsvector) WHERE memory IN :numbers"
).bindparams(_NUMBERS)
_GIVE_VECTORS = "UPDATE {vectors} SET owner = :owner WHERE owner = :staged AND memory IN :numbers"
# Whoever has remembered the same meanwhile has signed it already.
_GIVE_SIGNS = "UPDATE OR REPLACE {vectors}_signs SET owner = :owner WHERE owner = :staged AND memory IN :numbers"


def _in_use(connection: Connection) -> list[StoredSpace]:
    if not can_compare(connection):
        return []
    known = spaces_of(connection, SpaceState.ACTIVE, SpaceState.BUILDING)
    return list(spaces_in_use(connection, [stored.space for stored in known]).values())


_STEPS: Sequence[Give] = (
    _plainly(files, files.c.id),
    _give_jobs,
    _give_collections,
    _plainly(memory_sources, memory_sources.c.number),
    _give_memories,
    _plainly(conversations, conversations.c.id),
)
