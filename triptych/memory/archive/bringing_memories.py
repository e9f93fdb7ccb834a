"""Sources and memories of an archive, with their collections, tags, makers and vectors."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from math import isfinite, sqrt
from struct import error as StructError  # noqa: N812  it is an exception's name
from struct import unpack

from sqlalchemy import Connection, insert, select

from pipelines.house import MemoryKind, Space
from triptych.files import files
from triptych.jobs.tables import jobs
from triptych.memory.archive.arrival import Arrival
from triptych.memory.archive.format import BadArchive
from triptych.memory.archive.identity import Here, ids_here
from triptych.memory.archive.records import CollectionRecord, MemoryRecord, SourceRecord, VectorRecord
from triptych.memory.keeping import put_memories
from triptych.memory.spaces import can_compare, spaces_in_use
from triptych.memory.tables import collection_sources, collections, memories, memory_makers, memory_sources, memory_tags
from triptych.memory.tagging import BadMark, as_tag
from triptych.memory.vectors import put_vectors

SHORTEST, LONGEST = 0.98, 1.02  # of vectors whose length was 1 before half their digits went


def collections_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, CollectionRecord]]) -> None:
    """Write the collections that are not there; one of the same name stands for another."""
    owners = arrival.owners
    here = ids_here(connection, collections, owners, [one.id for _, one in page])
    of_name = select(collections.c.name, collections.c.id).where(
        collections.c.owner == owners.owner, collections.c.name.in_([one.name for _, one in page])
    )
    named = {row.name: row.id for row in connection.execute(of_name)}
    arrival.collections |= {
        one.id: named[one.name] for _, one in page if one.name in named and not here[one.id].is_there
    }
    new = [(where, one) for where, one in page if not here[one.id].is_there and one.name not in named]
    arrival.count(lines=[where for where, _ in new])
    rows = [{**one.model_dump(), "id": here[one.id].id, "owner": owners.staged} for _, one in new]
    if rows:
        connection.execute(insert(collections), rows)


def sources_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, SourceRecord]]) -> None:
    """Write the sources that are not there, with their tags and the collections that they are in."""
    owners = arrival.owners
    here = ids_here(connection, memory_sources, owners, [one.id for _, one in page])
    file_ids = ids_here(connection, files, owners, [one.file_id for _, one in page if one.file_id])
    job_ids = ids_here(connection, jobs, owners, [one.job_id for _, one in page if one.job_id])
    for where, one in page:
        if here[one.id].is_there:
            continue
        row = {
            **one.model_dump(exclude={"tags", "collections"}),
            "id": here[one.id].id,
            "owner": owners.staged,
            "file_id": _referred(where, "file", one.file_id, file_ids),
            "job_id": _referred(where, "job", one.job_id, job_ids),
        }
        if (row["file_id"] is None) == (row["job_id"] is None):
            raise BadArchive(f"{where}: a source is a file or a job")
        column = memory_sources.c.file_id if row["file_id"] else memory_sources.c.job_id
        its = select(memory_sources.c.id).where(column == (row["file_id"] or row["job_id"]))
        if (other := connection.execute(its).scalar()) is not None:
            arrival.sources[one.id] = other
            continue
        arrival.count(lines=[where])
        number = connection.execute(insert(memory_sources).values(row).returning(memory_sources.c.number)).scalar_one()
        _mark(connection, arrival, number, where, one)


def _mark(connection: Connection, arrival: Arrival, number: int, where: str, source: SourceRecord) -> None:
    try:
        tags = sorted({as_tag(tag) for tag in source.tags})
    except BadMark as error:
        raise BadArchive(f"{where}: {error}") from None
    here = ids_here(connection, collections, arrival.owners, source.collections)
    wanted = {arrival.collections.get(one) or here[one].id for one in source.collections}
    if tags:
        connection.execute(insert(memory_tags), [{"source": number, "tag": tag} for tag in tags])
    if wanted:
        added_at = arrival.store.clock()
        rows = [{"collection_id": one, "source": number, "added_at": added_at} for one in sorted(wanted)]
        connection.execute(insert(collection_sources), rows)


def memories_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, MemoryRecord]]) -> None:
    """Write the memories that are not there, with the words they are found by; and who made them, of all."""
    owners = arrival.owners
    here = ids_here(connection, memories, owners, [one.id for _, one in page])
    new = [(where, one) for where, one in page if not here[one.id].is_there]
    arrival.skipped += len(page) - len(new)
    arrival.new["memories"] += len(new)
    arrival.count(lines=[where for where, _ in new])
    sources = _source_numbers(connection, arrival, {one.source for _, one in new})
    rows = []
    for where, one in new:
        if one.source not in sources:
            raise BadArchive(f"{where}: there is no source {one.source}")
        if not one.makers and one.kind is not MemoryKind.NOTE:
            raise BadArchive(f"{where}: nobody made this memory, and it is no note")
        its = {"id": here[one.id].id, "owner": owners.staged, "source": sources[one.source]}
        rows.append({**one.model_dump(exclude={"makers"}), **its})
    put_memories(connection, sorted(rows, key=lambda row: str(row["id"])))
    _made(connection, arrival, page, here)


def _made(
    connection: Connection, arrival: Arrival, page: Sequence[tuple[str, MemoryRecord]], here: Mapping[str, Here]
) -> None:
    """Write who made the memories: of those that were there before, which jobs of this archive did too."""
    makers = ids_here(connection, jobs, arrival.owners, {maker.job_id for _, one in page for maker in one.makers})
    numbered = select(memories.c.id, memories.c.number).where(memories.c.id.in_({one.id for one in here.values()}))
    owned = numbered.where(memories.c.owner.in_(arrival.owners.both))
    numbers = {row.id: row.number for row in connection.execute(owned)}
    made = [
        {"memory": numbers[here[one.id].id], "job_id": makers[maker.job_id].id, "attempt": maker.attempt}
        for where, one in page
        for maker in one.makers
        if _referred(where, "job", maker.job_id, makers)
        and here[one.id].id in numbers
        and (makers[maker.job_id].is_new or not here[one.id].is_there)
    ]
    if made:
        connection.execute(insert(memory_makers), made)


def vectors_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, VectorRecord]]) -> None:
    """Keep the vectors of new memories whose model's space there is here already; an archive opens none."""
    owners = arrival.owners
    here = ids_here(connection, memories, owners, {one.memory for _, one in page})
    new = {one.id for one in here.values() if one.is_new}
    numbered = select(memories.c.id, memories.c.number).where(memories.c.id.in_(new))
    numbers = {row.id: row.number for row in connection.execute(numbered)}
    by_space: dict[Space, list[tuple[int, bytes]]] = {}
    for where, one in page:
        if here[one.memory].id in numbers:
            arrival.count(lines=[where])
            space = Space(one.kind, one.model, one.dimensions, one.is_joint)
            by_space.setdefault(space, []).append((numbers[here[one.memory].id], _values(where, one)))
    kept = spaces_in_use(connection, by_space) if can_compare(connection) else {}
    for space, vectors in by_space.items():
        if space in kept:
            put_vectors(connection, kept[space], owners.staged, sorted(vectors))
        else:
            arrival.left_vectors[space.model] += len(vectors)


def _values(where: str, vector: VectorRecord) -> bytes:
    try:
        values = base64.b64decode(vector.values, validate=True)
        numbers = unpack(f"<{vector.dimensions}f", values)
    except (binascii.Error, ValueError, StructError) as error:
        raise BadArchive(f"{where}: these are no {vector.dimensions} numbers: {error}") from None
    length = sqrt(sum(number * number for number in numbers))
    if not (isfinite(length) and SHORTEST <= length <= LONGEST):
        raise BadArchive(f"{where}: a vector has the length {length:g}, and should have 1")
    return values


def _source_numbers(connection: Connection, arrival: Arrival, archived: set[str]) -> dict[str, int]:
    here = ids_here(connection, memory_sources, arrival.owners, archived)
    ids = {one: arrival.sources.get(one) or here[one].id for one in archived}
    numbered = select(memory_sources.c.id, memory_sources.c.number).where(memory_sources.c.id.in_(set(ids.values())))
    numbers = {row.id: row.number for row in connection.execute(numbered)}
    return {one: numbers[its] for one, its in ids.items() if its in numbers}


def _referred(where: str, kind: str, archived: str | None, here: Mapping[str, Here]) -> str | None:
    if archived is None:
        return None
    if not here[archived].is_there:
        raise BadArchive(f"{where}: there is no {kind} {archived}")
    return here[archived].id
