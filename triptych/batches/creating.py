"""Accepting a batch: its manifest is kept, its row is written, and its lines are read behind the answer."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from triptych.batches.line import BadLine
from triptych.batches.manifest import ManifestForm
from triptych.batches.own_lines import CUSTOM_ID_CHARACTERS
from triptych.batches.states import BatchState, Kind
from triptych.batches.tables import batch_members, batches
from triptych.blobs import Blob
from triptych.files import File, add_files
from triptych.ids import new_id
from triptych.jobs.quotas import check_quota
from triptych.jobs.submission import Idempotency, IdempotencyMismatch
from triptych.store import Store

WAITS_S = 7 * 24 * 3600.0  # that a batch waits for its owner to start it


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch to accept: its ``manifest`` is in the blob store, and so is its ``archive``, of whose members lines tell.

    ``manifest`` None: it is found in the archive, or made of what is there. ``files`` came along, by their paths; of
    those that were not taken, why.
    ``asked`` is what holds for all lines, as the kind's reader takes it. ``expires_at``, in seconds since the epoch:
    what has not ended by then is cancelled.
    """

    owner: str
    name: str
    asked: Mapping[str, Any]  # Any: JSON
    manifest: Blob | None
    form: ManifestForm = ManifestForm.JSONL
    archive: Blob | None = None
    files: Mapping[str, File | BadLine] = field(default_factory=dict)
    kind: Kind = Kind.TRIPTYCH
    is_dry_run: bool = False
    expires_at: float | None = None
    idempotency: Idempotency | None = None
    id: str = field(default_factory=new_id)


def create_batch(store: Store, new: NewBatch) -> str:
    """Accept the batch and return its id, or that of the first batch of the same idempotency key.

    Raises IdempotencyMismatch, and quotas.QuotaExceeded when its files are more than the owner may have.
    """
    try:
        return _create(store, new)
    except IntegrityError:
        if new.idempotency is None:
            raise
        return _create(store, new)  # a repeat that ran at the same time has committed: this finds its batch


def add_members(connection: Connection, batch_id: str, files: Mapping[str, File | BadLine]) -> None:
    """Insert the rows of files that came with the batch, by their paths, and why others were not taken."""
    add_files(connection, [file for file in files.values() if isinstance(file, File)])
    members = [
        {"batch_id": batch_id, "path": path, "file_id": file.id, "error": None}
        if isinstance(file, File)
        else {"batch_id": batch_id, "path": path, "file_id": None, "error": file.told}
        for path, file in files.items()
    ]
    if members:
        connection.execute(insert(batch_members), members)


def manifest_of(files: Iterable[str], what: str) -> Iterator[bytes]:
    """A manifest with a line for each of ``files``, which are ids or paths, as ``what`` says.

    A line is called by its path, so that its result is told from the others'; not by one that is too long for that.
    """
    for one in files:
        is_name = what == "path" and len(one) <= CUSTOM_ID_CHARACTERS
        line = {"custom_id": one, what: one} if is_name else {what: one}
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _create(store: Store, new: NewBatch) -> str:
    with store.database.write() as connection:
        earlier = _earlier(connection, new)
        if earlier is not None:
            return earlier
        taken = [file for file in new.files.values() if isinstance(file, File)]
        check_quota(connection, store.settings, new.owner, 0, sum(file.size_bytes for file in taken))
        connection.execute(insert(batches), _row(new, store.clock()))
        add_members(connection, new.id, new.files)
    return new.id


def _earlier(connection: Connection, new: NewBatch) -> str | None:
    if new.idempotency is None:
        return None
    its = select(batches.c.id, batches.c.request_hash).where(
        batches.c.owner == new.owner, batches.c.idempotency_key == new.idempotency.key
    )
    row = connection.execute(its).one_or_none()
    if row is not None and row.request_hash != new.idempotency.request_hash:
        raise IdempotencyMismatch(new.idempotency.key)
    return None if row is None else str(row.id)


def _row(new: NewBatch, now: float) -> dict[str, Any]:  # Any: columns
    nothing: Sequence[str] = ("read_bytes", "read_lines", "total", "waiting", "invalid", "gone", "again", "size_bytes")
    return {
        **dict.fromkeys(nothing, 0),
        "id": new.id,
        "owner": new.owner,
        "kind": new.kind,
        "name": new.name,
        "state": BatchState.VALIDATING,
        "asked": dict(new.asked),
        "is_dry_run": new.is_dry_run,
        "manifest_form": new.form,
        "manifest_sha256": new.manifest.sha256 if new.manifest else None,
        "archive_sha256": new.archive.sha256 if new.archive else None,
        "unpacked": 0 if new.archive else None,
        "pipelines": {},
        "created_at": now,
        "expires_at": new.expires_at,
        "idempotency_key": new.idempotency.key if new.idempotency else None,
        "request_hash": new.idempotency.request_hash if new.idempotency else None,
    }
