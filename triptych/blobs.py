"""Bytes by content hash: written once, whole or not at all, shared by everything that has the same content."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

CHUNK_BYTES = 1024 * 1024
KEEP_FREE_BYTES = 64 * 1024 * 1024  # the database must still be able to commit when uploads have filled the disk


class TooLarge(Exception):
    """A stream went past the number of bytes it was allowed."""


class NoDisk(Exception):
    """The disk is full; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored content: its SHA-256 in hexadecimal and its size."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Bytes received and not yet kept: a temporary file that ``Blobs.keep`` or ``discard`` ends."""

    path: Path
    blob: Blob

    def discard(self) -> None:
        """Remove the temporary file."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Blobs:
    """A directory of blobs, spread over 256 folders. Concurrent writers of one content agree by rename."""

    root: Path

    def path(self, sha256: str) -> Path:
        """Where the content with this hash lies, whether or not it is there."""
        return self.root / sha256[:2] / sha256

    def receive(self, chunks: Iterable[bytes], limit_bytes: int) -> Draft:
        """Stream ``chunks`` to a temporary file, hashing on the way; memory does not depend on their sum.

        Raises TooLarge past ``limit_bytes`` and NoDisk when the disk is full; neither leaves a file behind.
        """
        self._make_room()
        digest, size = hashlib.sha256(), 0
        with NamedTemporaryFile(dir=self._incoming(), delete=False) as file:
            path = Path(file.name)
            try:
                for chunk in chunks:
                    size += len(chunk)
                    if size > limit_bytes:
                        raise TooLarge(f"more than {limit_bytes} bytes")
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            except BaseException as error:
                path.unlink(missing_ok=True)
                if isinstance(error, OSError):
                    raise NoDisk(str(error)) from error
                raise
        return Draft(path, Blob(digest.hexdigest(), size))

    def keep(self, draft: Draft) -> Blob:
        """Move a draft to its place. Doing it twice, or with a content that is there, changes nothing."""
        place = self.path(draft.blob.sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.path.replace(place)
        _sync_directory(place.parent)
        return draft.blob

    def keep_file(self, path: Path) -> Blob:
        """Copy a finished file into the store. Raises NoDisk as ``receive`` does."""
        with path.open("rb") as file:
            return self.keep(self.receive(iter(lambda: file.read(CHUNK_BYTES), b""), limit_bytes=path.stat().st_size))

    def remove(self, sha256: str) -> None:
        """Remove a content that nothing refers to any more; one that is gone already is no error."""
        self.path(sha256).unlink(missing_ok=True)

    def _incoming(self) -> Path:
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        return incoming

    def _make_room(self) -> None:
        free = shutil.disk_usage(self._incoming()).free
        if free < KEEP_FREE_BYTES:
            raise NoDisk(f"{free} bytes are free on {self.root}; {KEEP_FREE_BYTES} are kept for the database")


def _sync_directory(directory: Path) -> None:
    """Make a rename durable: on POSIX the directory entry is synced by itself."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
