"""Keeping what a job made as memories, each once, however often and by however many jobs the same is made."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, and_, bindparam, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.house import Memory, Space, Vector
from triptych.ids import new_id, other_id
from triptych.jobs.owner import UnknownJob
from triptych.jobs.tables import jobs
from triptych.memory.expressions import tsvector
from triptych.memory.pins import lay_aside_pins, put_pins_back
from triptych.memory.spaces import OtherDimensions, can_compare, open_spaces, spaces_of
from triptych.memory.tables import memories, memory_makers, memory_sources
from triptych.memory.tagging import kept, kept_json
from triptych.memory.values import SpaceState, StoredSpace
from triptych.memory.vectors import put_vectors
from triptych.memory.words import entries

AT_A_TIME = 300  # memories that one transaction should keep, so that others need not wait long for the lock
REPLACED = "its files were replaced by another's, whose vectors are left; re-index the memory"
_NAMESPACE = UUID("5f6d0b1e-3a0c-5d0a-9a57-3d2f7f0c9b1e")  # of the ids of memories; any, and always the same
_JOB = select(jobs.c.id).where(jobs.c.id == bindparam("job"), jobs.c.owner == bindparam("the_owner"))
_JOB_HELD = _JOB.with_for_update(read=True, key_share=True)


class OtherModel(LookupError):
    """Another model took over since the vectors were made; the message names it. They are to be made anew."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What memories come of: a file, or a job that needed none. ``created_at``: when that came, since the epoch."""

    title: str
    media_type: str
    created_at: float
    file_id: str | None = None
    job_id: str | None = None


def keep(
    connection: Connection,
    owner: str,
    job_id: str,
    attempt: int,
    sources: Mapping[int | None, Origin],
    new: Sequence[Memory],
    now: float,
) -> list[str]:
    """Keep up to ``AT_A_TIME`` memories of the owner's finished job; what is there is told to be of this job too.

    ``attempt`` is that of the run that keeps them (see ``settle``). ``sources``: where they come from, by what the
    memories call it. Returns what should be known of it: whose vectors were left, since they are no longer of the
    shape of those that are compared; their memories are found by their words. Those of a model that was being built,
    and is no longer, are left too. Raises triptych.jobs.owner.UnknownJob when the job is gone, OtherModel, and
    vectors.BadVector.
    """
    if connection.execute(_JOB_HELD, {"job": job_id, "the_owner": owner}).first() is None:
        raise UnknownJob(job_id)
    spaces, left = _open_spaces(connection, [vector for memory in new for vector in memory.vectors], now)
    origins = {
        place: sources[place]
        for place in sorted({memory.source for memory in new}, key=lambda place: -1 if place is None else place)
    }
    at = {place: _source(connection, owner, origin) for place, origin in origins.items()}
    ids = [_id(owner, origins[memory.source], memory) for memory in new]
    rows = {key: _row(key, owner, at[memory.source], memory, now) for key, memory in zip(ids, new, strict=True)}
    in_order = sorted(rows.values(), key=lambda row: (row["source"], row["position"], row["id"]))
    numbers = _put_as_owners(connection, in_order)
    made = [{"memory": number, "job_id": job_id, "attempt": attempt} for number in sorted(numbers.values())]
    _upsert_makers(connection, made)
    for space, stored in spaces.items():
        of_space = {
            numbers[key]: vector.values
            for key, memory in zip(ids, new, strict=True)
            for vector in memory.vectors
            if vector.space == space
        }
        put_vectors(connection, stored, owner, sorted(of_space.items()))
    return left


def settle(connection: Connection, job_id: str, attempt: int) -> None:
    """Forget what other runs than ``attempt`` kept of the job, unless another job made it too; pins go on with it."""
    others = and_(memory_makers.c.job_id == job_id, memory_makers.c.attempt != attempt)
    lay_aside_pins(connection, others)
    connection.execute(delete(memory_makers).where(others))
    put_pins_back(connection, job_id)


def _put_as_owners(connection: Connection, rows: Sequence[dict[str, Any]]) -> dict[str, int]:  # Any: columns
    """As ``put_memories``; one whose id an archive gave to another owner's has one of its own, each time the same."""
    numbers, left = put_memories(connection, rows), {row["id"]: row for row in rows}
    while left := {key: row for key, row in left.items() if key not in numbers}:
        left = {key: {**row, "id": other_id(row["owner"], row["id"])} for key, row in left.items()}
        put = put_memories(connection, list(left.values()))
        numbers |= {key: put[row["id"]] for key, row in left.items() if row["id"] in put}
    return numbers


def put_memories(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:  # Any: columns
    """Write rows of ``memories`` with the words they are found by, and return their numbers by their ids.

    One whose id is another owner's is not written, and has no number. Whoever writes the same rows at the same time
    brings them in the same order.
    """
    if not rows:
        return {}
    dialect = _dialect(connection)
    statement = dialect.insert(memories)
    statement = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={name: statement.excluded[name] for name in ("language", "modality", "text")},
        where=memories.c.owner == statement.excluded.owner,
    )
    returned = connection.execute(statement.returning(memories.c.id, memories.c.number), [*rows])
    numbers = {row.id: row.number for row in returned}
    in_order = sorted((row for row in rows if row["id"] in numbers), key=lambda row: numbers[row["id"]])
    if not in_order:
        return numbers
    statement, columns = (
        (_SQLITE_WORDS, _columns) if connection.dialect.name == "sqlite" else (_POSTGRESQL_WORDS, _lexemes)
    )
    connection.execute(statement, [{"number": numbers[row["id"]], **columns(row)} for row in in_order])
    return numbers


_SQLITE_WORDS = text("INSERT OR REPLACE INTO memory_words (rowid, words, stems) VALUES (:number, :words, :stems)")
_POSTGRESQL_WORDS = text(
    "INSERT INTO memory_words (memory, words) VALUES (:number, CAST(:words AS tsvector))"
    " ON CONFLICT (memory) DO UPDATE SET words = excluded.words"
)


def _lexemes(row: Mapping[str, Any]) -> dict[str, str]:  # Any: columns
    return {"words": tsvector(entries(row["text"], row["language"]), row["owner"])}


def _columns(row: Mapping[str, Any]) -> dict[str, str]:  # Any: columns
    found_by = entries(row["text"], row["language"])
    stems = (stem for entry in found_by for stem in entry.stems)
    return {"words": " ".join(entry.word.folded for entry in found_by), "stems": " ".join(stems)}


def _open_spaces(
    connection: Connection, vectors: Iterable[Vector], now: float
) -> tuple[dict[Space, StoredSpace], list[str]]:
    """The spaces of the vectors, before anything else is locked: to make one waits for all who write memories.

    And a warning for each model whose vectors do not fit into its own: these would fail all searches there.
    """
    wanted = dict.fromkeys(vector.space for vector in vectors)
    if not wanted or not can_compare(connection):
        return {}, []
    found = open_spaces(connection, wanted, now)
    if len(found) < len(wanted):
        _check_replaced(connection, wanted, found)
    left = [space for space, stored in found.items() if stored.space.dimensions != space.dimensions]
    warnings = [f"{OtherDimensions(found[space], space)}: {REPLACED}" for space in left]
    return {space: stored for space, stored in found.items() if space not in left}, warnings


def _check_replaced(connection: Connection, wanted: Iterable[Space], found: Mapping[Space, StoredSpace]) -> None:
    """Raise OtherModel where vectors of a kind are kept now of which these are none."""
    kinds = {space.kind for space in wanted}
    for stored in spaces_of(connection, SpaceState.ACTIVE, SpaceState.BUILDING):
        if stored.space.kind in kinds and stored not in found.values():
            raise OtherModel(f"vectors of {stored.space.model} are kept now, and there are none of it")


def _source(connection: Connection, owner: str, origin: Origin) -> int:
    """The number of the source, which is made where there is none."""
    key = "file_id" if origin.file_id is not None else "job_id"
    its = select(memory_sources.c.number).where(memory_sources.c[key] == getattr(origin, key))
    number = connection.execute(its).scalar()
    if number is None:
        row = {**asdict(origin), "title": kept(origin.title), "id": new_id(), "owner": owner}
        connection.execute(_dialect(connection).insert(memory_sources).values(row).on_conflict_do_nothing())
        number = connection.execute(its).scalar_one()
    return int(number)


def _row(key: str, owner: str, source: int, memory: Memory, now: float) -> dict[str, Any]:  # Any: columns
    return {
        "id": key,
        "owner": owner,
        "source": source,
        "kind": memory.kind,
        "modality": memory.modality,
        "language": memory.language,
        "text": kept(memory.text),
        "place": kept_json(memory.place),
        "position": memory.position,
        "created_at": now,
    }


def _id(owner: str, origin: Origin, memory: Memory) -> str:
    """What is the same at the same place of the same source has the same id."""
    told = [owner, origin.file_id or origin.job_id, memory.kind, kept_json(memory.place), kept(memory.text)]
    return str(uuid5(_NAMESPACE, json.dumps(told, sort_keys=True)))


def _upsert_makers(connection: Connection, made: Sequence[Mapping[str, Any]]) -> None:  # Any: columns
    if made:
        statement = _dialect(connection).insert(memory_makers)
        changed = {"attempt": statement.excluded.attempt}
        connection.execute(statement.on_conflict_do_update(index_elements=["memory", "job_id"], set_=changed), [*made])


def _dialect(connection: Connection) -> ModuleType:
    """Where the insert of this database comes from that knows what to do when a row is there."""
    return sqlite if connection.dialect.name == "sqlite" else postgresql
