"""What one request adds to an upload: behind what is there, durable before anybody is told so."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipelines.media.sniff import HEAD_BYTES, MediaRefused, check_head
from triptych.blobs import TooLarge
from triptych.pending.uploads import Pending, UnknownUpload, WrongOffset, forget, hold, read_upload
from triptych.store import Store

if TYPE_CHECKING:
    from hashlib import _Hash


class Algorithm(StrEnum):
    """The hashes that a sender may give of a stretch, by tus' names."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    MD5 = "md5"


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a stretch has to hash to."""

    algorithm: Algorithm
    digest: bytes


class ChecksumMismatch(Exception):
    """A stretch does not hash to what its sender said, and is dropped; the message names the algorithm."""


class Stretch:
    """Bytes that are being added to ``upload``, whose tape is held until ``discard``.

    With a ``checksum`` nothing of it counts before ``finish``, which compares; else whatever was written by then.
    """

    def __init__(self, store: Store, upload: Pending, offset_bytes: int, checksum: Checksum | None) -> None:
        """Hold the tape. Raises UploadBusy, UnknownUpload, WrongOffset, and blobs.NoDisk."""
        self._store, self._checksum = store, checksum
        self._tape = hold(store, upload)
        try:
            self.upload = _still_there(store, upload, offset_bytes)
            self._tape.cut(offset_bytes)  # what a process that died wrote and nobody was told of
        except BaseException:
            self._tape.close()
            raise
        self._digest = store.digests.behind(upload.id, offset_bytes)
        self._its_own = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        self._is_head_judged = offset_bytes >= HEAD_BYTES

    @property
    def left_bytes(self) -> int:
        """How many may still come."""
        return self.upload.size_bytes - self._tape.size_bytes

    @property
    def digest(self) -> "_Hash | None":
        """The SHA-256 of all that is there, where it is known."""
        return self._digest

    def write(self, chunk: bytes) -> None:
        """Append ``chunk``.

        Raises blobs.TooLarge when more comes than was told, blobs.NoDisk, and pipelines.media.sniff.MediaRefused when
        by its head it can become no file: then nothing of the upload is left.
        """
        if len(chunk) > self.left_bytes:
            raise TooLarge(f"more than the {self.upload.size_bytes} bytes that were told")
        for hashed in filter(None, (self._digest, self._its_own)):
            hashed.update(chunk)
        self._tape.append(chunk)
        if self._checksum is None:
            self._judge_head()

    def finish(self) -> int:
        """Make what came durable, and return how many bytes there are. Raises ChecksumMismatch, and as ``write``."""
        if self._checksum and self._its_own and self._its_own.digest() != self._checksum.digest:
            raise ChecksumMismatch(self._checksum.algorithm)
        self._judge_head()
        self._store.digests.drop(self.upload.id)
        self._tape.sync()
        return self._tape.size_bytes

    def keep_digest(self) -> None:
        """Keep the hash of all that is there, once its row counts it: before, another may still come in its place."""
        self._store.digests.note(self.upload.id, self._tape.size_bytes, self._digest)

    def discard(self) -> None:
        """Let others add to the upload."""
        self._tape.close()

    def _judge_head(self) -> None:
        """Refuse what cannot be taken as soon as that shows: all the rest would be sent for nothing."""
        if self._is_head_judged or self._tape.size_bytes < HEAD_BYTES:
            return
        self._is_head_judged = True
        with self._store.blobs.growing(self.upload.id).open("rb") as tape:
            head = tape.read(HEAD_BYTES)
        try:
            check_head(head, self.upload.name)
        except MediaRefused:
            forget(self._store, self.upload)
            raise


def open_stretch(store: Store, owner: str, upload_id: str, offset_bytes: int, checksum: Checksum | None) -> Stretch:
    """Begin to add to the owner's upload at ``offset_bytes``.

    Raises UnknownUpload, UploadExpired, UploadBusy, WrongOffset and blobs.NoDisk.
    """
    return Stretch(store, read_upload(store, owner, upload_id), offset_bytes, checksum)


def _still_there(store: Store, upload: Pending, offset_bytes: int) -> Pending:
    """The upload as it stands now that nobody else writes to it."""
    now = read_upload(store, upload.owner, upload.id)
    if now.offset_bytes != offset_bytes:
        raise WrongOffset(f"byte {now.offset_bytes} of the upload is what comes next")
    if now.file_id is not None or now.is_direct:
        raise UnknownUpload(upload.id)
    return now
