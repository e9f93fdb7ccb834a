"""Bringing an archive in: all of it or nothing, each thing once however often it is brought."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from triptych.files import files
from triptych.jobs.quotas import bytes_left, check_quota
from triptych.memory.archive import bringing_chats, bringing_jobs, bringing_memories, staging
from triptych.memory.archive.arrival import Arrival
from triptych.memory.archive.format import BadArchive
from triptych.memory.archive.giving import give
from triptych.memory.archive.identity import ids_here
from triptych.memory.archive.reading import Line, opened
from triptych.memory.archive.records import FileRecord
from triptych.store import Store

AT_A_TIME = 300  # lines that one transaction takes, so that others need not wait long for the lock
PAGE_BYTES = 4 * 1024 * 1024  # of these: what is held in memory, several times over


@dataclass(frozen=True, slots=True)
class Brought:
    """How much an archive brought that was not there, and how much was; ``warnings``: what it could not bring."""

    files: int
    jobs: int
    memories: int
    conversations: int
    skipped: int
    warnings: Sequence[str]


def import_archive(store: Store, owner: str, path: Path) -> Brought:
    """Bring the archive at ``path`` in for ``owner``; until it is all there, nobody sees any of it.

    What the owner has already, by its id, is left as it is; an id that is somebody else's becomes another. Raises
    BadArchive, jobs.quotas.QuotaExceeded, blobs.NoDisk and DatabaseAway, and then nothing of it is there: or, where the
    database went away while the rows of a whole archive were being given to the owner, all of it soon is.
    """
    with opened(path, store.settings.upload_bytes) as archive, ExitStack() as undo:
        owners = staging.begin(store, owner)
        undo.callback(staging.abandon, store, owners)
        arrival = Arrival(store, archive, owners)
        try:
            _check_room(arrival)
            for step in _STEPS:
                for lines in _pages(archive.lines(step.name)):
                    _bring(arrival, step, lines)
            with store.database.read() as connection:
                bringing_chats.check_roots(connection, arrival)
            staging.become_whole(store, owners, arrival.new_bytes)
        except (IntegrityError, DataError) as error:
            raise BadArchive(f"it contradicts itself, or what is here: {error.orig}") from None
        undo.pop_all()
        give(store, owners)
    new = arrival.new
    return Brought(
        new["files"], new["jobs"], new["memories"], new["conversations"], arrival.skipped, arrival.warnings()
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """How the lines of an entry are brought in; ``before``: what of it needs no transaction."""

    name: str
    # Any: each step takes the lines of its own kind, behind the words that say where they stand
    bring: Callable[[Connection, Arrival, Sequence[tuple[str, Any]]], None]
    before: Callable[[Arrival, Sequence[tuple[str, Any]]], None] = lambda _arrival, _page: None


_STEPS = (
    _Step("files.jsonl", bringing_jobs.files_in, bringing_jobs.keep_files),
    _Step("jobs.jsonl", bringing_jobs.jobs_in, bringing_jobs.keep_outputs),
    _Step("parts.jsonl", bringing_jobs.parts_in),
    _Step("collections.jsonl", bringing_memories.collections_in),
    _Step("sources.jsonl", bringing_memories.sources_in),
    _Step("memories.jsonl", bringing_memories.memories_in),
    _Step("vectors.jsonl", bringing_memories.vectors_in),
    _Step("conversations.jsonl", bringing_chats.conversations_in),
    _Step("messages.jsonl", bringing_chats.messages_in),
    _Step("messages.jsonl", bringing_chats.branches_in),  # a message may follow one that stands behind it
)


def _bring(arrival: Arrival, step: _Step, lines: Sequence[Line]) -> None:
    arrival.sizes = {line.where: line.size_bytes for line in lines}
    page = [(line.where, line.record) for line in lines]
    _check_distinct(page)
    step.before(arrival, page)
    with arrival.store.database.write() as connection:
        step.bring(connection, arrival, page)


def _check_room(arrival: Arrival) -> None:
    """Raise QuotaExceeded before anything is kept, where the files alone are more than the owner may have."""
    store, owners, new_bytes = arrival.store, arrival.owners, 0
    for lines in _pages(arrival.archive.lines("files.jsonl")):
        sizes = {line.record.id: line.record.size_bytes for line in lines if isinstance(line.record, FileRecord)}
        with store.database.read() as connection:
            here = ids_here(connection, files, owners, sizes)
        new_bytes += sum(size_bytes for file_id, size_bytes in sizes.items() if not here[file_id].is_there)
    with store.database.read() as connection:
        check_quota(connection, store.settings, owners.owner, 0, new_bytes)
        arrival.allow(bytes_left(connection, store.settings, owners.owner))


def _check_distinct(page: Sequence[tuple[str, Any]]) -> None:  # Any: as in _Step
    """Raise BadArchive for an id that stands twice among the lines: a database takes no row twice in one statement."""
    seen = set[str]()
    for where, record in page:
        if (its := getattr(record, "id", None)) is None:
            continue
        if its in seen:
            raise BadArchive(f"{where}: the id {its} stands there twice")
        seen.add(its)


def _pages(lines: Iterable[Line]) -> Iterator[list[Line]]:
    page, size_bytes = list[Line](), 0
    for line in lines:
        page.append(line)
        size_bytes += line.size_bytes
        if len(page) == AT_A_TIME or size_bytes >= PAGE_BYTES:
            yield page
            page, size_bytes = [], 0
    if page:
        yield page
