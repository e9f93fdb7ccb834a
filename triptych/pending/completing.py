"""The end of an upload: looked at as any file that comes, and a file of its owner's at once, or nothing."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.media.sniff import MediaRefused
from triptych.blobs import CHUNK_BYTES, Blob, Draft
from triptych.files import add_files
from triptych.jobs.quotas import QuotaExceeded, check_quota
from triptych.pending.uploads import Pending, became, forget, hold, read_upload
from triptych.store import Store
from triptych.uploads import Upload, keep_bytes

if TYPE_CHECKING:
    from hashlib import _Hash


def complete(store: Store, upload: Pending, digest: "_Hash | None") -> Pending:
    """Make a file of an upload that is whole and whose tape the caller holds; ``digest``: its hash, where it is known.

    What lies on the tape gets a second name, which is moved to its place in the blob store: whoever dies in between
    leaves all of it to whoever asks next. Raises pipelines.media.sniff.MediaRefused and jobs.quotas.QuotaExceeded,
    and then nothing of the upload is left; and blobs.NoDisk and DatabaseAway, after which it can be tried again.
    """
    tape = store.blobs.growing(upload.id)
    sha256 = (digest or _hashed(tape)).hexdigest()
    draft = Draft(_second_name(store, upload, tape), Blob(sha256, upload.size_bytes))
    try:
        file = keep_bytes(store, upload.owner, Upload(upload.name, draft))
        with store.database.write() as connection:
            check_quota(connection, store.settings, upload.owner, 0, file.size_bytes)
            add_files(connection, [file])
            became(connection, upload, file.id)
    except (MediaRefused, QuotaExceeded):
        forget(store, upload)
        raise
    finally:
        draft.discard()
    store.digests.drop(upload.id)
    tape.unlink()
    return replace(upload, file_id=file.id)


def settled(store: Store, owner: str, upload_id: str) -> Pending:
    """The owner's upload; one that is whole, whose end somebody died over, is ended first.

    Raises UnknownUpload, UploadExpired, UploadBusy, and as ``complete`` does.
    """
    upload = read_upload(store, owner, upload_id)
    return at_rest(store, owner, upload_id) if upload.is_whole and upload.file_id is None else upload


def at_rest(store: Store, owner: str, upload_id: str) -> Pending:
    """As ``settled``, once nobody adds to it: where it stands then is where to go on. Raises UploadBusy before that."""
    upload = read_upload(store, owner, upload_id)
    if upload.file_id is not None:
        return upload
    tape = hold(store, upload)
    try:
        now = read_upload(store, owner, upload_id)
        if not now.is_whole or now.file_id is not None:
            return now
        return complete(store, now, store.digests.behind(now.id, now.size_bytes))
    finally:
        tape.close()


def _second_name(store: Store, upload: Pending, tape: Path) -> Path:
    path = store.blobs.incoming() / upload.id
    path.unlink(missing_ok=True)
    path.hardlink_to(tape)
    os.utime(path)  # or it would be old enough to be collected before its row is there
    return path


def _hashed(path: Path) -> "_Hash":
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest
