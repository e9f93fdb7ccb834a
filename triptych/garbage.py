"""What nothing refers to any more, found by looking: a crash between two steps leaves nothing for good."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from triptych.batches.tables import batches
from triptych.files import GROWS, contents, files
from triptych.jobs.tables import IS_RUNNING, jobs, outputs
from triptych.memory.archive.staging import remove_abandoned
from triptych.pending.tables import uploads
from triptych.store import Store

GRACE_S = 3600.0  # an upload moves its bytes to their place first and commits its row after
AT_A_TIME = 500


def collect_garbage(store: Store) -> int:
    """Remove unreferenced blobs and dead workers' directories older than ``GRACE_S``; return how many were removed.

    The rows of imports that died go before: their contents are referred to by nothing else.
    """
    remove_abandoned(store)
    before = store.clock() - GRACE_S
    removed = _remove_abandoned_directories(store, before)
    for page in _pages(_old_blobs(store, before)):
        with store.database.read() as connection:
            kept = _referenced(connection, [path.name for path in page])
        for path in page:
            if path.name not in kept and _is_older(path, before):
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _remove_abandoned_directories(store: Store, before: float) -> int:
    """A desk is named by its worker's token and a dot; while that worker runs something it stays, however old."""
    old = [path for path in store.settings.work.glob("*.*") if _is_older(path, before)]
    with store.database.read() as connection:
        working = set(connection.execute(select(jobs.c.holder).where(IS_RUNNING)).scalars())
    abandoned = [path for path in old if path.name.partition(".")[0] not in working]
    for path in abandoned:
        shutil.rmtree(path, ignore_errors=True)
    return len(abandoned)


def _old_blobs(store: Store, before: float) -> Iterator[Path]:
    for path in store.blobs.root.glob("*/*"):
        if path.is_file() and _is_older(path, before):
            yield path


def _is_older(path: Path, before: float) -> bool:
    """Whether it was last written before then; what has gone meanwhile is nobody's garbage."""
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _pages(paths: Iterator[Path]) -> Iterator[list[Path]]:
    page: list[Path] = []
    for path in paths:
        page.append(path)
        if len(page) == AT_A_TIME:
            yield page
            page = []
    if page:
        yield page


def _referenced(connection: Connection, hashes: list[str]) -> set[str]:
    """Those of the names that are hashes of something, or ids of recordings and uploads that are being made."""
    growing = select(files.c.id).where(GROWS, files.c.id.in_(hashes))
    in_blobs = select(files.c.sha256).outerjoin(contents).where(contents.c.file_id.is_(None))
    found = set(connection.execute(in_blobs.where(files.c.sha256.in_(hashes))).scalars())
    found |= set(connection.execute(growing).scalars())
    pending = select(uploads.c.id).where(uploads.c.file_id.is_(None), uploads.c.id.in_(hashes))
    found |= set(connection.execute(pending).scalars())
    for column in (batches.c.manifest_sha256, batches.c.archive_sha256):
        found |= set(connection.execute(select(column).where(column.in_(hashes))).scalars())
    return found | set(connection.execute(select(outputs.c.sha256).where(outputs.c.sha256.in_(hashes))).scalars())
