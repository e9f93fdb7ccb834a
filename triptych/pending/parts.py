"""The parts of an upload that goes straight to S3: which there are, which are missing, and where these are sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import update

from triptych.blobs.s3 import S3Blobs, direct_key
from triptych.blobs.s3_direct import Address, SentPart
from triptych.pending.tables import uploads
from triptych.pending.uploads import Pending, UnknownUpload, read_upload
from triptych.store import Store

MIB = 1024**2
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
LEAST_PART_BYTES, MOST_PART_BYTES = 5 * MIB, 5 * 1024 * MIB
MOST_PARTS = 10_000
NAMED = 5  # missing parts that are named


class NotDirect(Exception):
    """Nothing can be sent there; the message says why."""


class PartsMissing(Exception):
    """Not every part has come; the message says which have not."""


class OtherContent(Exception):
    """Something else was sent than was told; the message says what."""


@dataclass(frozen=True, slots=True)
class Part:
    """The ``number``-th part, counted from 1: ``size_bytes`` of the content from ``offset_bytes`` on."""

    number: int
    offset_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Window:
    """Where the next of the missing parts are sent.

    ``after`` is the last one's number where more are missing behind it. ``sent_bytes`` have come of ``upload``.
    """

    upload: Pending
    parts: tuple[tuple[Part, Address], ...]
    after: int | None
    sent_bytes: int


def part_size(size_bytes: int, asked_bytes: int) -> int:
    """How large the parts of a content are: as asked, or as large as it takes for S3 to take all of them."""
    least = -(-size_bytes // MOST_PARTS)
    return max(asked_bytes, -(-least // MIB) * MIB)


def part_of(upload: Pending, number: int) -> Part:
    """One of its parts."""
    each = upload.part_bytes or upload.size_bytes
    offset = (number - 1) * each
    return Part(number, offset, min(each, upload.size_bytes - offset))


def part_count(upload: Pending) -> int:
    """How many parts it has."""
    return -(-upload.size_bytes // (upload.part_bytes or upload.size_bytes))


def open_window(store: Store, owner: str, upload_id: str, after: int, limit: int) -> Window:
    """Where to send the next ``limit`` parts that are missing behind number ``after``; the upload waits anew.

    Raises UnknownUpload, also of one in no parts, UploadExpired, and blobs.BlobsAway.
    """
    upload = read_upload(store, owner, upload_id)
    blobs = s3_of(store)
    if upload.multipart is None or upload.file_id is not None:
        raise UnknownUpload(upload_id)
    key, for_s = direct_key(upload.id), store.settings.upload_expiry_s
    sent = _sent(blobs, upload)
    missing = [number for number in range(after + 1, part_count(upload) + 1) if not _is_there(upload, number, sent)]
    parts = [part_of(upload, number) for number in missing[:limit]]
    signed = tuple(
        (part, blobs.direct.sign_part(key, upload.multipart, part.number, part.size_bytes, for_s)) for part in parts
    )
    sent_bytes = sum(part_of(upload, number).size_bytes for number in sent if _is_there(upload, number, sent))
    more = parts[-1].number if len(missing) > limit else None
    return Window(_prolonged(store, upload, sent_bytes), signed, more, sent_bytes)


def check_parts(upload: Pending, sent: Mapping[int, SentPart]) -> None:
    """Raise PartsMissing, or OtherContent for a part of another size, unless all of it has come."""
    expected = [part_of(upload, number) for number in range(1, part_count(upload) + 1)]
    if missing := [part.number for part in expected if part.number not in sent]:
        named = ", ".join(map(str, missing[:NAMED])) + (", ..." if len(missing) > NAMED else "")
        raise PartsMissing(f"{len(missing)} of {len(expected)} parts were not sent yet: {named}")
    for part in expected:
        if sent[part.number].size_bytes != part.size_bytes:
            its = f"part {part.number} has {sent[part.number].size_bytes} bytes in place of {part.size_bytes}"
            raise OtherContent(f"{its}: send it again")
    if len(sent) > len(expected):
        raise OtherContent(f"{len(sent)} parts were sent in place of {len(expected)}")


def s3_of(store: Store) -> S3Blobs:
    """The store's S3. Raises NotDirect where there is none."""
    if not isinstance(store.blobs, S3Blobs):
        raise NotDirect("files lie in a directory here: send them to the API, by tus if they are large")
    return store.blobs


def _sent(blobs: S3Blobs, upload: Pending) -> Mapping[int, SentPart]:
    """What has come; all of it where the parts are joined already and only its end is missing."""
    try:
        return blobs.direct.parts(direct_key(upload.id), str(upload.multipart))
    except FileNotFoundError:
        numbers = range(1, part_count(upload) + 1)
        return {number: SentPart(part_of(upload, number).size_bytes, "") for number in numbers}


def _is_there(upload: Pending, number: int, sent: Mapping[int, SentPart]) -> bool:
    return number in sent and sent[number].size_bytes == part_of(upload, number).size_bytes


def _prolonged(store: Store, upload: Pending, sent_bytes: int) -> Pending:
    until = store.clock() + store.settings.upload_expiry_s
    its = update(uploads).where(uploads.c.id == upload.id, uploads.c.file_id.is_(None))
    with store.database.write() as connection:
        if not connection.execute(its.values(offset_bytes=sent_bytes, expires_at=until)).rowcount:
            raise UnknownUpload(upload.id)
    return replace(upload, offset_bytes=sent_bytes, expires_at=until)
