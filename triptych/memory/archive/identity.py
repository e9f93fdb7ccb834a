"""What an archive's ids are here: the same, unless somebody else has them already."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, select

from triptych.ids import other_id

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Owners:
    """Who brings the archive, and under what name its rows are written until all of them are there."""

    owner: str
    staged: str

    @property
    def both(self) -> tuple[str, str]:
        """Whose rows may be referred to."""
        return self.owner, self.staged


@dataclass(frozen=True, slots=True)
class Here:
    """What an id of the archive's is here. ``is_there``: its row is; ``is_new``: it came with this archive."""

    id: str
    is_there: bool
    is_new: bool


def is_id(told: object) -> bool:
    """Whether this is an id as the house writes them."""
    return isinstance(told, str) and _ID.fullmatch(told) is not None


def message_id_here(owners: Owners, archived_conversation: str, here: Here, archived: str) -> str:
    """Messages have the ids of the archive unless their conversation's is somebody else's here."""
    return archived if here.id == archived_conversation or not is_id(archived) else other_id(owners.owner, archived)


def ids_here(connection: Connection, table: Table, owners: Owners, archived: Iterable[str]) -> dict[str, Here]:
    """What each of the archive's ids of rows in ``table`` is here."""
    wanted = {one: other_id(owners.owner, one) for one in archived}
    found = _owners_of(connection, table, [*wanted, *wanted.values()])
    here = {}
    for one, other in wanted.items():
        is_taken = one in found and found[one] not in owners.both
        its = other if is_taken or found.get(other) in owners.both else one  # whose it was may be gone by now
        here[one] = Here(its, found.get(its) in owners.both, found.get(its) == owners.staged)
    return here


def _owners_of(connection: Connection, table: Table, ids: Sequence[str]) -> dict[str, str]:
    columns: tuple[Column[str], Column[str]] = (table.c.id, table.c.owner)
    return {row.id: row.owner for row in connection.execute(select(*columns).where(table.c.id.in_(ids)))}
