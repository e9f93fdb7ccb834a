"""Uploads that go straight to S3: one PUT at a signed address, and then looked at as any file that comes."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select

from pipelines.media.sniff import MediaRefused
from triptych.blobs import Blob, Draft, TooLarge
from triptych.blobs.s3 import S3Blobs, direct_key
from triptych.files import File, add_files, files
from triptych.ids import new_id
from triptych.jobs.quotas import QuotaExceeded, check_quota
from triptych.pending.tables import uploads
from triptych.pending.uploads import (
    Pending,
    UnknownUpload,
    became,
    check_promise,
    check_size,
    forget,
    read_upload,
    row_of,
)
from triptych.store import Store
from triptych.uploads import Upload, keep_bytes, read_files

MOST_PUT_BYTES = 5 * 1024**3
"""Of one PUT: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html"""

HEADERS: Mapping[str, str] = {"Content-Type": "application/octet-stream"}


class NotDirect(Exception):
    """Nothing can be sent there; the message says why."""


class NothingSent(Exception):
    """Nothing lies at the address yet; the message is the upload's id."""


class OtherContent(Exception):
    """Something else was sent than was told; the message says what."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Where the bytes of ``upload`` are to be PUT, with ``HEADERS``."""

    upload: Pending
    url: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The ``file`` of an upload; ``is_new``: it became one just now."""

    file: File
    is_new: bool


def begin_direct(store: Store, owner: str, name: str, blob: Blob) -> Signed | File:
    """Where to send a content; or the owner's own newest file that has it already, whatever it is called.

    Somebody else's file with that content is not told of: whoever sends a hash has to have the bytes. Raises NotDirect,
    and as ``uploads.begin_upload`` does.
    """
    check_size(store, blob.size_bytes)
    if (own := _own_file(store, owner, blob)) is not None:
        return own
    blobs = _s3(store)
    if blob.size_bytes > MOST_PUT_BYTES:
        raise NotDirect(f"more than {MOST_PUT_BYTES} bytes go in several requests, by tus")
    now, for_s = store.clock(), store.settings.upload_expiry_s
    upload = Pending(new_id(), owner, name, "", blob.size_bytes, 0, now, now + for_s, sha256=blob.sha256)
    url = blobs.sign_put(direct_key(upload.id), for_s)
    with store.database.write() as connection:
        check_promise(connection, store, owner, blob.size_bytes)
        connection.execute(insert(uploads).values(row_of(upload)))
    return Signed(upload, url)


def complete_direct(store: Store, owner: str, upload_id: str) -> Completed:
    """Make a file of what was sent, whose bytes are read once for it; asked again it is the same file.

    Raises UnknownUpload, UploadExpired, NothingSent, and OtherContent, after which it can be sent again; and as
    ``completing.complete`` does.
    """
    upload = read_upload(store, owner, upload_id)
    if upload.sha256 is None:
        raise UnknownUpload(upload_id)
    if upload.file_id is not None:
        return _known(store, owner, upload.file_id)
    try:
        return Completed(_completed(store, upload), is_new=True)
    except (NothingSent, UnknownUpload, MediaRefused, QuotaExceeded) as error:
        now = read_upload(store, owner, upload_id)
        if now.file_id is not None:  # somebody else completed it meanwhile
            return _known(store, owner, now.file_id)
        if isinstance(error, (MediaRefused, QuotaExceeded)):
            forget(store, upload)
        raise


def _known(store: Store, owner: str, file_id: str) -> Completed:
    return Completed(read_files(store, owner, [file_id])[0], is_new=False)


def _completed(store: Store, upload: Pending) -> File:
    draft = _received(store, upload)
    try:
        file = keep_bytes(store, upload.owner, Upload(upload.name, draft))
        with store.database.write() as connection:
            check_quota(connection, store.settings, upload.owner, 0, file.size_bytes)
            add_files(connection, [file])
            became(connection, upload, file.id)
    finally:
        draft.discard()
    _s3(store).drop(direct_key(upload.id))
    return file


def _received(store: Store, upload: Pending) -> Draft:
    """What was sent, on this machine, held against what was told."""
    told = Blob(str(upload.sha256), upload.size_bytes)
    try:
        draft = _s3(store).received(direct_key(upload.id), upload.size_bytes)
    except FileNotFoundError:
        raise NothingSent(upload.id) from None
    except TooLarge:
        raise OtherContent(f"more was sent than the {told.size_bytes} bytes that were told") from None
    if draft.blob != told:
        draft.discard()
        raise OtherContent(f"{draft.blob.size_bytes} bytes with the SHA-256 {draft.blob.sha256} were sent")
    return draft


def _own_file(store: Store, owner: str, blob: Blob) -> File | None:
    its = (files.c.owner == owner, files.c.sha256 == blob.sha256, files.c.size_bytes == blob.size_bytes)
    with store.database.read() as connection:
        row = connection.execute(select(files).where(*its).order_by(files.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else File(*row)


def _s3(store: Store) -> S3Blobs:
    if not isinstance(store.blobs, S3Blobs):
        raise NotDirect("files lie in a directory here: send them to the API, by tus if they are large")
    return store.blobs
