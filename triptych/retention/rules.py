"""Rules of retention: what an account wants removed, and after how many days."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy import Column, Connection, Double, String, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from triptych.database import JsonColumn, metadata
from triptych.store import Store

retention = Table(
    "retention",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("rules", JsonColumn, nullable=False),
    Column("changed_at", Double, nullable=False),
)


class What(StrEnum):
    """What a rule is about."""

    JOBS = "jobs"  # that are finished, with what they made
    FILES = "files"  # that nothing uses


@dataclass(frozen=True, slots=True)
class Rule:
    """``what`` goes ``days`` after a job has finished, or a file came.

    ``pipeline``: jobs of that alone; ``media``: files of that media type alone, such as ``audio/*``.
    """

    what: What
    days: int
    pipeline: str | None = None
    media: str | None = None


def own_rules(store: Store, owner: str) -> Sequence[Rule] | None:
    """The owner's own rules; None where they have said nothing, so that the house's hold."""
    with store.database.read() as connection:
        said = connection.execute(select(retention.c.rules).where(retention.c.owner == owner)).scalar()
    return None if said is None else [Rule(**{**rule, "what": What(rule["what"])}) for rule in said]


def house_rules(store: Store) -> Sequence[Rule]:
    """The rules of whoever has said nothing."""
    days = store.settings.retention_days
    return [Rule(what, days) for what in What] if days else []


def keep_rules(store: Store, owner: str, rules: Sequence[Rule]) -> None:
    """Have these rules hold for the owner in place of the house's, also where they are none."""
    values = {"rules": [asdict(rule) for rule in rules], "changed_at": store.clock()}
    new = (postgresql if store.database.is_postgresql else sqlite).insert(retention).values(owner=owner, **values)
    with store.database.write() as connection:
        connection.execute(new.on_conflict_do_update(index_elements=["owner"], set_=values))


def forget_rules(store: Store, owner: str) -> None:
    """Have the house's rules hold again."""
    with store.database.write() as connection:
        forget_rules_in(connection, owner)


def forget_rules_in(connection: Connection, owner: str) -> None:
    """Forget what the owner has said, within a transaction."""
    connection.execute(delete(retention).where(retention.c.owner == owner))
