"""An upload that takes several requests: its row, which says how much of it is on the disk."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from pipelines.media.sniff import MediaRefused
from triptych.accounts.quotas import quotas_of
from triptych.blobs import NoDisk, TooLarge, make_room, sync_directory
from triptych.blobs.s3 import S3Blobs, direct_key
from triptych.ids import new_id
from triptych.jobs.quotas import QuotaExceeded, check_quota
from triptych.pending.tables import IS_UNDER_WAY, uploads
from triptych.store import Store
from triptych.tapes import Tape, TapeTaken

_OWNED = select(uploads).where(uploads.c.id == bindparam("upload"), uploads.c.owner == bindparam("the_owner"))
_ADVANCE = (
    update(uploads)
    .where(uploads.c.id == bindparam("upload"), uploads.c.file_id.is_(None))
    .values(offset_bytes=bindparam("offset"), expires_at=bindparam("until"))
)
_PROMISED = select(func.count(), func.coalesce(func.sum(uploads.c.size_bytes), 0)).where(
    IS_UNDER_WAY, uploads.c.owner == bindparam("the_owner"), uploads.c.expires_at > bindparam("now")
)


class UnknownUpload(LookupError):
    """No such upload, or it is somebody else's; the message is its id."""


class UploadExpired(Exception):
    """Nobody went on with the upload for so long that it is being removed; the message is its id."""


class UploadBusy(Exception):
    """Another request is adding to the upload, or ending it; the message is its id."""


class WrongOffset(Exception):
    """Something else than what is next was sent; the message says what is next."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An upload of ``size_bytes``, of which the first ``offset_bytes`` are on the disk; times in seconds since 1970.

    ``name`` is cleaned. ``file_id`` is set once it is whole and was taken. Of one that goes straight to S3
    ``part_bytes`` is set, ``sha256`` where its sender says it, and ``multipart``, S3's name for it, if it has parts.
    """

    id: str
    owner: str
    name: str
    told: str
    size_bytes: int
    offset_bytes: int
    created_at: float
    expires_at: float
    file_id: str | None = None
    sha256: str | None = None
    part_bytes: int | None = None
    multipart: str | None = None

    @property
    def is_direct(self) -> bool:
        """Whether it goes straight to S3."""
        return self.part_bytes is not None

    @property
    def is_whole(self) -> bool:
        """Whether every byte is on the disk."""
        return self.offset_bytes == self.size_bytes and not self.is_direct


def begin_upload(store: Store, owner: str, name: str, told: str, size_bytes: int) -> Pending:
    """An upload of which nothing has come.

    What the owner's other uploads are going to hold counts towards the quota by now, and so does their number. Raises
    blobs.TooLarge, blobs.NoDisk, jobs.quotas.QuotaExceeded, and pipelines.media.sniff.MediaRefused for an empty one.
    """
    check_size(store, size_bytes)
    now = store.clock()
    upload = Pending(new_id(), owner, name, told, size_bytes, 0, now, now + store.settings.upload_expiry_s)
    tape = store.blobs.growing(upload.id)
    try:
        tape.parent.mkdir(parents=True, exist_ok=True)
        make_room(tape.parent, size_bytes)
        tape.touch(mode=0o600)
        sync_directory(tape.parent)
        with store.database.write() as connection:
            check_promise(connection, store, owner, size_bytes)
            connection.execute(insert(uploads).values(row_of(upload)))
    except BaseException as error:
        tape.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise NoDisk(str(error)) from error
        raise
    return upload


def check_size(store: Store, size_bytes: int) -> None:
    """Raise blobs.TooLarge, or pipelines.media.sniff.MediaRefused, for what no file may hold."""
    if not size_bytes:
        raise MediaRefused("empty_file", "the file is empty: there is nothing to work on")
    if size_bytes > store.settings.upload_bytes:
        raise TooLarge(f"more than {store.settings.upload_bytes} bytes")


def check_promise(connection: Connection, store: Store, owner: str, size_bytes: int) -> None:
    """Raise jobs.quotas.QuotaExceeded for one upload more, or for so many bytes more than the others will hold."""
    count, promised = connection.execute(_PROMISED, {"the_owner": owner, "now": store.clock()}).one()
    most = quotas_of(connection, store.settings, owner).uploads
    if most and count >= most:
        raise QuotaExceeded("uploads", f"{most} of your uploads may be under way at a time: finish or give up some")
    check_quota(connection, store.settings, owner, 0, promised + size_bytes)


def read_upload(store: Store, owner: str, upload_id: str) -> Pending:
    """The owner's upload with this id. Raises UnknownUpload and UploadExpired."""
    with store.database.read() as connection:
        row = connection.execute(_OWNED, {"upload": upload_id, "the_owner": owner}).one_or_none()
    if row is None:
        raise UnknownUpload(upload_id)
    if row.expires_at <= store.clock():
        raise UploadExpired(upload_id)
    return Pending(*row)


def list_uploads(store: Store, owner: str, before: str | None, limit: int, since: str | None = None) -> list[Pending]:
    """Up to ``limit`` of the owner's uploads, newest first, with ids below ``before`` and from ``since`` on."""
    statement = select(uploads).where(uploads.c.owner == owner, uploads.c.expires_at > store.clock())
    if before is not None:
        statement = statement.where(uploads.c.id < before)
    if since is not None:
        statement = statement.where(uploads.c.id >= since)
    with store.database.read() as connection:
        return [Pending(*row) for row in connection.execute(statement.order_by(uploads.c.id.desc()).limit(limit))]


def advance(store: Store, upload: Pending, offset_bytes: int) -> Pending:
    """Note that so many bytes are durable, by whoever holds the tape. Raises UnknownUpload."""
    until = store.clock() + store.settings.upload_expiry_s
    with store.database.write() as connection:
        noted = {"upload": upload.id, "offset": offset_bytes, "until": until}
        if not connection.execute(_ADVANCE, noted).rowcount:
            raise UnknownUpload(upload.id)
    return replace(upload, offset_bytes=offset_bytes, expires_at=until)


def became(connection: Connection, upload: Pending, file_id: str) -> None:
    """Note which file became of it. Raises UnknownUpload."""
    statement = update(uploads).where(uploads.c.id == upload.id, uploads.c.file_id.is_(None))
    if not connection.execute(statement.values(file_id=file_id)).rowcount:
        raise UnknownUpload(upload.id)


def hold(store: Store, upload: Pending) -> Tape:
    """Its tape, which nobody else writes to until it is closed. Raises UploadBusy, and UnknownUpload: it is gone."""
    try:
        return Tape(store.blobs.growing(upload.id), is_copied=False)
    except TapeTaken:
        raise UploadBusy(upload.id) from None
    except FileNotFoundError:
        raise UnknownUpload(upload.id) from None


def forget(store: Store, upload: Pending) -> None:
    """Remove it with what came of it, by whoever holds the tape; a file that became of it stays. Raises BlobsAway."""
    if upload.is_direct and isinstance(store.blobs, S3Blobs):
        if upload.multipart is not None:
            store.blobs.direct.abort(direct_key(upload.id), upload.multipart)
        store.blobs.drop(direct_key(upload.id))
    with store.database.write() as connection:
        connection.execute(delete(uploads).where(uploads.c.id == upload.id))
    store.digests.drop(upload.id)
    store.blobs.growing(upload.id).unlink(missing_ok=True)


def end_upload(store: Store, owner: str, upload_id: str) -> None:
    """Remove the owner's upload. Raises UnknownUpload, UploadExpired and UploadBusy."""
    upload = read_upload(store, owner, upload_id)
    if upload.file_id is not None or upload.is_direct:
        forget(store, upload)
        return
    tape = hold(store, upload)
    try:
        forget(store, upload)
    finally:
        tape.close()


def row_of(upload: Pending) -> dict[str, object]:
    """Its columns."""
    return {field: getattr(upload, field) for field in Pending.__slots__}
