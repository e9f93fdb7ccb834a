"""What nothing refers to any more, found by looking: a crash between two steps leaves nothing for good."""

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select

from triptych.accounts.audit import forget_entries
from triptych.batches.tables import batches
from triptych.files import GROWS, contents, files
from triptych.jobs.tables import IS_RUNNING, jobs, outputs
from triptych.memory.archive.staging import remove_abandoned
from triptych.pending.tables import uploads
from triptych.store import Store

T = TypeVar("T")

GRACE_S = 3600.0  # an upload moves its bytes to their place first and commits its row after
AT_A_TIME = 500


def collect_garbage(store: Store) -> int:
    """Remove unreferenced blobs and dead workers' directories older than ``GRACE_S``; return how many were removed.

    The rows of imports that died go before: their contents are referred to by nothing else.
    """
    remove_abandoned(store)
    forget_entries(store)
    before = store.clock() - GRACE_S
    removed = _remove_abandoned_directories(store, before)
    for page in _pages(store.blobs.contents_before(before)):
        with store.database.read() as connection:
            kept = _referenced(connection, page)
        for sha256 in page:
            if sha256 not in kept and store.blobs.is_from_before(sha256, before):
                store.blobs.remove(sha256)
                removed += 1
    return removed + _remove_left(store, before)


def _remove_left(store: Store, before: float) -> int:
    """Remove what processes that died were receiving, or lent."""
    removed = 0
    for page in _pages(path for path in store.blobs.on_their_way() if _is_older(path, before)):
        with store.database.read() as connection:
            kept = _growing(connection, [path.name for path in page])
        for path in page:
            if path.name not in kept:
                _remove_path(path)
                removed += 1
    return removed


def _remove_path(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _remove_abandoned_directories(store: Store, before: float) -> int:
    """A desk is named by its worker's token and a dot; while that worker runs something it stays, however old."""
    old = [path for path in store.settings.work.glob("*.*") if _is_older(path, before)]
    with store.database.read() as connection:
        working = set(connection.execute(select(jobs.c.holder).where(IS_RUNNING)).scalars())
    abandoned = [path for path in old if path.name.partition(".")[0] not in working]
    for path in abandoned:
        shutil.rmtree(path, ignore_errors=True)
    return len(abandoned)


def _is_older(path: Path, before: float) -> bool:
    """Whether it was last written before then; what has gone meanwhile is nobody's garbage."""
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _pages(found: Iterator[T]) -> Iterator[list[T]]:
    while page := list(islice(found, AT_A_TIME)):
        yield page


def _referenced(connection: Connection, hashes: list[str]) -> set[str]:
    """Those that are hashes of something."""
    in_blobs = select(files.c.sha256).outerjoin(contents).where(contents.c.file_id.is_(None))
    found = set(connection.execute(in_blobs.where(files.c.sha256.in_(hashes))).scalars())
    for column in (batches.c.manifest_sha256, batches.c.archive_sha256):
        found |= set(connection.execute(select(column).where(column.in_(hashes))).scalars())
    return found | set(connection.execute(select(outputs.c.sha256).where(outputs.c.sha256.in_(hashes))).scalars())


def _growing(connection: Connection, names: list[str]) -> set[str]:
    """Those that are ids of recordings and uploads that are being made."""
    growing = select(files.c.id).where(GROWS, files.c.id.in_(names))
    pending = select(uploads.c.id).where(uploads.c.file_id.is_(None), uploads.c.id.in_(names))
    return {*connection.execute(growing).scalars(), *connection.execute(pending).scalars()}
