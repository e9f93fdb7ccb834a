"""A memory of any size, written straight into its tables: to keep as much in the ordinary way would take hours.

What stands there is what `triptych.memory.keeping.keep` would have written, each source a finished job of its own. On
PostgreSQL the indexes of words and vectors are dropped before and built anew behind it, the vectors' with as much
memory as the graph needs, and all is vacuumed and analysed as its own daemon does in time.
"""

import struct
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from bench.filled import EPOCH_S, FINISHED, fill, row_id, settle_statistics
from bench.made_memories import CHUNK, RARE, RARE_EVERY, SPACE, Chunk, Making, owner_of, source_of
from triptych.database import Database, DatabaseAway
from triptych.memory.expressions import tsvector
from triptych.memory.spaces import open_space
from triptych.memory.values import StoredSpace
from triptych.memory.words import Entry
from triptych.memory.words import entries as entries_of

INDEX_MEMORY = "4GB"  # for building the vectors' index
MODALITIES = ("audio", "image", "text")
KINDS = ("segment", "line", "passage")

_SOURCES = text(
    "INSERT INTO memory_sources (number, id, owner, file_id, job_id, title, media_type, created_at)"
    " VALUES (:number, :id, :owner, NULL, :id, :title, 'text/plain', :at)"
)
_TAGS = text("INSERT INTO memory_tags (source, tag) VALUES (:source, :tag)")
_COLUMNS = "number, id, owner, source, kind, modality, language, text, place, position, created_at"


@dataclass(frozen=True, slots=True)
class Built:
    """How long it took to write the rows, and to build the index of vectors; None where it took too long."""

    rows_s: float
    index_s: float | None


def remember(database: Database, making: Making, count: int, patience_s: float) -> Built:
    """Have ``count`` memories in an empty database; the vectors' index is given up after ``patience_s``."""
    sources = source_of(count)
    fill(database, FINISHED, 0, sources)
    with database.write() as connection:
        stored = open_space(connection, SPACE, EPOCH_S)
        every = range(1, sources + 1)
        connection.execute(_SOURCES, [_source(source) for source in every])
        connection.execute(_TAGS, [{"source": source, "tag": RARE} for source in every[::RARE_EVERY]])
    writing = _into_postgresql if database.is_postgresql else _into_sqlite
    return writing(database, stored, making, count, patience_s)


def chunks(making: Making, count: int) -> Iterator[Chunk]:
    """All of the memories, some at a time."""
    for first in range(1, count + 1, CHUNK):
        yield making.chunk(first, min(first + CHUNK - 1, count))


def _into_sqlite(database: Database, stored: StoredSpace, making: Making, count: int, _: float) -> Built:
    began = time.perf_counter()
    statements = (
        f"INSERT INTO memories ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "INSERT INTO memory_makers (memory, job_id, attempt) VALUES (?, ?, 1)",
        "INSERT INTO memory_words (rowid, words, stems) VALUES (?, ?, ?)",
        f"INSERT INTO {stored.vectors} (memory, vector) VALUES (?, ?)",
        f"INSERT INTO {stored.vectors}_signs (owner, memory, signs) VALUES (?, ?, vec_quantize_binary(?))",
    )
    entries = _entries(making)
    for chunk in chunks(making, count):
        numbers = range(chunk.first, chunk.first + len(chunk.words))
        raw = [vector.tobytes() for vector in chunk.vectors]
        owners = [owner_of(source_of(number)) for number in numbers]
        rows: tuple[Sequence[Sequence[object]], ...] = (
            [(*row, "{}", 0.0, EPOCH_S) for row in _memories(making, chunk)],
            [(number, row_id(source_of(number))) for number in numbers],
            [
                (number, *_columns(found_by))
                for number, found_by in zip(numbers, map(entries, chunk.words), strict=True)
            ],
            list(zip(numbers, raw, strict=True)),
            list(zip(owners, numbers, raw, strict=True)),
        )
        with database.write() as connection:
            cursor = connection.connection.cursor()
            for statement, values in zip(statements, rows, strict=True):
                cursor.executemany(statement, values)
    return Built(time.perf_counter() - began, 0.0)


def _into_postgresql(database: Database, stored: StoredSpace, making: Making, count: int, patience_s: float) -> Built:
    began = time.perf_counter()
    with database.write() as connection:
        by_words, by_vectors = (_dropped(connection, name) for name in ("memory_words", stored.vectors))
    entries = _entries(making)
    for chunk in chunks(making, count):
        numbers = range(chunk.first, chunk.first + len(chunk.words))
        owners = [owner_of(source_of(number)) for number in numbers]
        lexemes = (tsvector(entries(one), owner) for one, owner in zip(chunk.words, owners, strict=True))
        halves = chunk.vectors.astype(">f2")
        with database.write() as connection:
            _copy(
                connection, f"memories ({_COLUMNS})", [(*row, "{}", 0.0, EPOCH_S) for row in _memories(making, chunk)]
            )
            _copy(connection, "memory_makers", [(number, row_id(source_of(number)), 1) for number in numbers])
            _copy(connection, "memory_words", list(zip(numbers, lexemes, strict=True)))
            _copy_vectors(connection, stored.vectors, [*zip(numbers, owners, halves, strict=True)])
    _run(database, by_words)
    rows_s, began = time.perf_counter() - began, time.perf_counter()
    built = _built(database, by_vectors, patience_s)
    index_s = time.perf_counter() - began if built else None
    counted = (("memories", count), ("memory_sources", source_of(count)))
    on = [f"SELECT setval(pg_get_serial_sequence('{table}', 'number'), {last})" for table, last in counted]
    _run(database, on)
    settle_statistics(database)
    return Built(rows_s, index_s)


def _source(number: int) -> dict[str, Any]:  # Any: columns
    return {
        "number": number,
        "id": row_id(number),
        "owner": owner_of(number),
        "title": f"Source {number}",
        "at": EPOCH_S + number,
    }


def _memories(making: Making, chunk: Chunk) -> Iterator[tuple[object, ...]]:
    """The columns of ``memories`` up to the text."""
    for number, chosen in enumerate(chunk.words, chunk.first):
        source, sort = source_of(number), number % len(KINDS)
        yield number, row_id(number), owner_of(source), source, KINDS[sort], MODALITIES[sort], "en", making.text(chosen)


def _entries(making: Making) -> Callable[[Iterable[int]], list[Entry]]:
    """A function that tells what a passage is found by, from the places of its words: each word is looked at once."""
    of_word = cache(lambda place: entries_of(making.vocabulary[place], "en"))
    return lambda chosen: [entry for place in chosen for entry in of_word(place)]


def _columns(found_by: Sequence[Entry]) -> tuple[str, str]:
    stems = (stem for entry in found_by for stem in entry.stems)
    return " ".join(entry.word.folded for entry in found_by), " ".join(stems)


def _dropped(connection: Connection, table: str) -> list[str]:
    """What makes the indexes of ``table`` anew, but that of its key, which are gone now."""
    its = text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = :table AND indexname NOT LIKE 'pk_%'")
    rows = [row for row in connection.execute(its, {"table": table}) if not row.indexname.endswith("_pkey")]
    for row in rows:
        connection.exec_driver_sql(f"DROP INDEX {row.indexname}")
    return [row.indexdef for row in rows]


def _copy(connection: Connection, table: str, rows: Sequence[Sequence[object]]) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table} FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row)


def _copy_vectors(connection: Connection, table: str, rows: Sequence[tuple[int, str, Any]]) -> None:
    """In PostgreSQL's binary form, since to write and to read a number in digits takes longest of all.

    https://www.postgresql.org/docs/current/sql-copy.html, and pgvector's ``halfvec_recv``.
    """
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table} (memory, owner, vector) FROM STDIN (FORMAT BINARY)") as copying:
        copying.write(b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0))
        for number, owner, halves in rows:
            vector = struct.pack("!hh", len(halves), 0) + halves.tobytes()
            fields = (struct.pack("!q", number), owner.encode(), vector)
            copying.write(
                struct.pack("!h", len(fields)) + b"".join(struct.pack("!i", len(one)) + one for one in fields)
            )
        copying.write(struct.pack("!h", -1))


def _built(database: Database, statements: Sequence[str], patience_s: float) -> bool:
    """Whether the indexes could be made in time."""
    limits = [f"SET maintenance_work_mem = '{INDEX_MEMORY}'", f"SET statement_timeout = '{patience_s:.0f}s'"]
    try:
        _run(database, [*limits, *statements])
    except DatabaseAway as error:
        if "statement timeout" not in str(error):
            raise
        return False
    return True


def _run(database: Database, statements: Sequence[str]) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("RESET ALL")
