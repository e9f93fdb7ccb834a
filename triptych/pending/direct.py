"""Uploads that go straight to S3, begun: by one PUT at a signed address, or in parts."""

from dataclasses import dataclass, replace

from sqlalchemy import delete, insert, select, update

from triptych.blobs import Blob
from triptych.blobs.s3 import S3Blobs, direct_key
from triptych.blobs.s3_direct import Address
from triptych.files import File, files
from triptych.ids import new_id
from triptych.pending.parts import MOST_PART_BYTES, NotDirect, part_size, s3_of
from triptych.pending.tables import uploads
from triptych.pending.uploads import Pending, check_promise, check_size, row_of
from triptych.store import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to send: its hash where they know it, and how large its parts are to be where it has any."""

    name: str
    size_bytes: int
    sha256: str | None = None
    part_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the bytes of ``upload`` are to be PUT; no ``address``: in parts (``parts.open_window``)."""

    upload: Pending
    address: Address | None


def begin_direct(store: Store, owner: str, wanted: Wanted) -> Begun | File:
    """Where to send a content; or the owner's own newest file that has it already, whatever it is called.

    Somebody else's file with that content is not told of: whoever sends a hash has to have the bytes. Raises NotDirect,
    blobs.BlobsAway, and as ``uploads.begin_upload`` does. The row is there before anything is in S3, so that whatever
    lies there without one is a stray.
    """
    check_size(store, wanted.size_bytes)
    if wanted.sha256 and (own := _own_file(store, owner, Blob(wanted.sha256, wanted.size_bytes))) is not None:
        return own
    blobs = s3_of(store)
    if wanted.part_bytes is None and wanted.size_bytes > MOST_PART_BYTES:
        raise NotDirect(f"more than {MOST_PART_BYTES} bytes go in parts (part_bytes), or by tus")
    upload = _promised(store, owner, wanted)
    try:
        if wanted.part_bytes is not None:
            return Begun(_in_parts(store, blobs, upload), None)
        for_s = store.settings.upload_expiry_s
        return Begun(upload, blobs.direct.sign_put(direct_key(upload.id), upload.size_bytes, upload.sha256, for_s))
    except BaseException:
        with store.database.write() as connection:
            connection.execute(delete(uploads).where(uploads.c.id == upload.id))
        raise


def _promised(store: Store, owner: str, wanted: Wanted) -> Pending:
    """The row of an upload of which nothing has come."""
    now, size_bytes = store.clock(), wanted.size_bytes
    each = size_bytes if wanted.part_bytes is None else part_size(size_bytes, wanted.part_bytes)
    until = now + store.settings.upload_expiry_s
    upload = Pending(new_id(), owner, wanted.name, "", size_bytes, 0, now, until, sha256=wanted.sha256, part_bytes=each)
    with store.database.write() as connection:
        check_promise(connection, store, owner, size_bytes)
        connection.execute(insert(uploads).values(row_of(upload)))
    return upload


def _in_parts(store: Store, blobs: S3Blobs, upload: Pending) -> Pending:
    multipart = blobs.direct.begin_parts(direct_key(upload.id))
    with store.database.write() as connection:
        connection.execute(update(uploads).where(uploads.c.id == upload.id).values(multipart=multipart))
    return replace(upload, multipart=multipart)


def _own_file(store: Store, owner: str, blob: Blob) -> File | None:
    its = (files.c.owner == owner, files.c.sha256 == blob.sha256, files.c.size_bytes == blob.size_bytes)
    with store.database.read() as connection:
        row = connection.execute(select(files).where(*its).order_by(files.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else File(*row)
