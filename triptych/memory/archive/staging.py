"""Rows of an archive on their way in: nobody's until all are there.

So an import is there as a whole or not at all, and yet no transaction holds the write lock for long
(docs/adr/0017).
"""

from collections.abc import Mapping
from typing import Any  # of keys: ids are texts, numbers are numbers

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    insert,
    not_,
    select,
    tuple_,
    update,
)

from triptych.chat.conversations import part_in
from triptych.chat.tables import conversations
from triptych.files import files
from triptych.ids import first_id_of, new_id
from triptych.jobs.quotas import check_quota
from triptych.jobs.tables import jobs, parts
from triptych.memory.archive.giving import give_owners
from triptych.memory.archive.identity import Owners
from triptych.memory.tables import collections, memories, memory_imports, memory_sources
from triptych.store import Store

STAGED = "import:"
ABANDONED_S = 24 * 3600.0  # an import that is as old as this and not whole died with its process
AT_A_TIME = 300  # rows that one transaction removes

_TABLES: Mapping[Table, Column[Any]] = {  # what refers to others first, with what its rows are told apart by
    conversations: conversations.c.id,
    collections: collections.c.id,
    memories: memories.c.number,
    memory_sources: memory_sources.c.number,
    jobs: jobs.c.id,
    files: files.c.id,
}


def begin(store: Store, owner: str) -> Owners:
    """A name to write rows under; what imports left that died is removed before, and what is the owner's given."""
    give_owners(store, owner)
    remove_abandoned(store)
    return Owners(owner, f"{STAGED}{new_id()}")


def remove_abandoned(store: Store) -> None:
    """Remove what imports left that died before all was there, a day ago at least."""
    oldest = f"{STAGED}{first_id_of(store.clock() - ABANDONED_S)}"
    whole = select(memory_imports.c.staged)
    for table, key in _TABLES.items():
        is_staged = and_(table.c.owner >= STAGED, table.c.owner.startswith(STAGED))
        _remove(store, table, key, and_(is_staged, table.c.owner < oldest, table.c.owner.not_in(whole)))


def become_whole(store: Store, owners: Owners, new_bytes: int) -> None:
    """Say that everything is there, which only the owner's rows are not yet. Raises jobs.quotas.QuotaExceeded."""
    row = {"staged": owners.staged, "owner": owners.owner, "whole_at": store.clock()}
    with store.database.write() as connection:
        check_quota(connection, store.settings, owners.owner, 0, new_bytes)
        connection.execute(insert(memory_imports), row)


def abandon(store: Store, owners: Owners) -> None:
    """Remove everything that was staged; contents that nothing refers to go with the next sweep."""
    for table, key in _TABLES.items():
        _remove(store, table, key, table.c.owner == owners.staged)


def _remove(store: Store, table: Table, key: Column[Any], which: ColumnElement[bool]) -> None:
    """Remove rows, a page a transaction."""
    if table is jobs:
        _remove_parts(store, which)
    is_more = True
    while is_more:
        with store.database.write() as connection:
            page = connection.execute(select(key).where(which).order_by(key).limit(AT_A_TIME)).scalars().all()
            if is_more := bool(page):
                _remove_page(connection, table, key.in_(page))


def _remove_parts(store: Store, which: ColumnElement[bool]) -> None:
    """Remove the parts of jobs before these: one may have any number, and all would go in its transaction."""
    key, its = tuple_(*parts.primary_key), parts.c.job_id.in_(select(jobs.c.id).where(which))
    page = select(*parts.primary_key).where(its).limit(AT_A_TIME)
    is_more = True
    while is_more:
        with store.database.write() as connection:
            is_more = connection.execute(delete(parts).where(key.in_(page))).rowcount > 0


def _remove_page(connection: Connection, table: Table, which: ColumnElement[bool]) -> None:
    if table is conversations:
        part_in(connection, which)
    if table is memory_sources:
        _leave_to_others(connection, which)
        which = and_(which, memory_sources.c.owner.startswith(STAGED))
    connection.execute(delete(table).where(which))


def _leave_to_others(connection: Connection, which: ColumnElement[bool]) -> None:
    """Have sources be their owner's of whose file something was remembered while they were staged."""
    its = and_(memories.c.source == memory_sources.c.number, not_(memories.c.owner.startswith(STAGED)))
    owner = select(memories.c.owner).where(its).limit(1).scalar_subquery()
    connection.execute(update(memory_sources).where(which, exists().where(its)).values(owner=owner))
