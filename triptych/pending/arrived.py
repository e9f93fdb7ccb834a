"""The end of an upload that went straight to S3: looked at as any file that comes, and a file at once or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pipelines.media.sniff import MediaRefused
from triptych.blobs import Blob, Draft, NoDisk, TooLarge
from triptych.blobs.s3 import S3Blobs, direct_key
from triptych.files import File, add_files
from triptych.jobs.quotas import QuotaExceeded, check_quota
from triptych.pending.parts import OtherContent, check_parts, s3_of
from triptych.pending.uploads import Pending, UnknownUpload, became, forget, hold, read_upload
from triptych.store import Store
from triptych.uploads import Upload, check_room, examine, read_files


class NothingSent(Exception):
    """Nothing lies at the address yet; the message is the upload's id."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The ``file`` of an upload; ``is_new``: it became one just now."""

    file: File
    is_new: bool


def complete_direct(store: Store, owner: str, upload_id: str) -> Completed:
    """Make a file of what was sent, whose bytes are read once for it; asked again it is the same file.

    Raises UnknownUpload, UploadExpired, UploadBusy while another does it, NothingSent and PartsMissing, OtherContent,
    after which what one PUT brings or the part in question can be sent again; and as ``completing.complete`` does.
    """
    upload = read_upload(store, owner, upload_id)
    if not upload.is_direct:
        raise UnknownUpload(upload_id)
    if upload.file_id is not None:
        return _known(store, owner, upload.file_id)
    try:
        with _alone(store, upload):
            return Completed(_completed(store, upload), is_new=True)
    except (NothingSent, UnknownUpload, MediaRefused, QuotaExceeded) as error:
        now = read_upload(store, owner, upload_id)
        if now.file_id is not None:  # somebody else completed it meanwhile
            return _known(store, owner, now.file_id)
        if isinstance(error, (MediaRefused, QuotaExceeded)):
            forget(store, upload)
        raise


@contextmanager
def _alone(store: Store, upload: Pending) -> Iterator[None]:
    """Have nobody else on the machines that share what grows complete or expire it, which may take minutes."""
    mark = store.blobs.growing(upload.id)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch(mode=0o600)
    except OSError as error:
        raise NoDisk(str(error)) from error
    tape = hold(store, upload)
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)
        tape.close()


def _known(store: Store, owner: str, file_id: str) -> Completed:
    return Completed(read_files(store, owner, [file_id])[0], is_new=False)


def _completed(store: Store, upload: Pending) -> File:
    blobs = s3_of(store)
    if upload.multipart is not None:
        _join(blobs, upload)
    draft = _received(store, upload)
    try:
        file = examine(store, upload.owner, Upload(upload.name, draft))
        check_room(store, upload.owner, [file])
        if upload.multipart is not None:
            blobs.keep_sent(draft, direct_key(upload.id))
        else:  # whose address still takes another content
            blobs.keep(draft)
        with store.database.write() as connection:
            check_quota(connection, store.settings, upload.owner, 0, file.size_bytes)
            add_files(connection, [file])
            became(connection, upload, file.id)
    finally:
        draft.discard()
    blobs.drop(direct_key(upload.id))
    return file


def _join(blobs: S3Blobs, upload: Pending) -> None:
    """Make one object of its parts, unless somebody who died did it before."""
    key, multipart = direct_key(upload.id), str(upload.multipart)
    with suppress(FileNotFoundError):
        sent = blobs.direct.parts(key, multipart)
        if not sent:
            raise NothingSent(upload.id)
        check_parts(upload, sent)
        blobs.direct.join(key, multipart, sent)


def _received(store: Store, upload: Pending) -> Draft:
    """What was sent, on this machine, held against what was told. What its parts were is over where it is another."""
    try:
        draft = s3_of(store).received(direct_key(upload.id), upload.size_bytes)
    except FileNotFoundError:
        raise NothingSent(upload.id) from None
    except TooLarge:
        raise OtherContent(f"more was sent than the {upload.size_bytes} bytes that were told") from None
    if draft.blob == Blob(upload.sha256 or draft.blob.sha256, upload.size_bytes):
        return draft
    draft.discard()
    what = f"{draft.blob.size_bytes} bytes with the SHA-256 {draft.blob.sha256} were sent"
    if upload.multipart is not None:
        forget(store, upload)
        raise OtherContent(f"{what}: begin another upload")
    raise OtherContent(what)
