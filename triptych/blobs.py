"""Bytes by content hash: written once, whole or not at all, shared by everything that has the same content."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile, mkstemp
from typing import IO, BinaryIO

CHUNK_BYTES = 1024 * 1024
KEEP_FREE_BYTES = 64 * 1024 * 1024  # the database must still be able to commit when uploads have filled the disk
CHECK_DISK_BYTES = 16 * 1024 * 1024


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

    def begin(self, limit_bytes: int) -> "Incoming":
        """Begin to receive at most ``limit_bytes``. Raises NoDisk when the disk is full."""
        make_room(incoming := self.incoming())
        try:
            descriptor, path = mkstemp(dir=incoming)
        except OSError as error:
            raise NoDisk(str(error)) from error
        return Incoming(Path(path), os.fdopen(descriptor, "wb"), limit_bytes)

    def receive(self, chunks: Iterable[bytes], limit_bytes: int) -> Draft:
        """Stream ``chunks`` to a temporary file; memory does not depend on their sum.

        Raises TooLarge past ``limit_bytes`` and NoDisk when the disk is full; neither leaves a file behind.
        """
        incoming = self.begin(limit_bytes)
        try:
            for chunk in chunks:
                incoming.write(chunk)
            return incoming.finish()
        except BaseException:
            incoming.discard()
            raise

    def keep(self, draft: Draft) -> Blob:
        """Move a draft to its place. Doing it twice, or with a content that is there, changes nothing."""
        place = self.path(draft.blob.sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.path.replace(place)
        sync_directory(place.parent)
        return draft.blob

    def keep_file(self, path: Path) -> Blob:
        """Copy a finished file into the store. Raises NoDisk as ``receive`` does."""
        with path.open("rb") as file:
            return self.keep(self.receive(iter(lambda: file.read(CHUNK_BYTES), b""), limit_bytes=path.stat().st_size))

    def remove(self, sha256: str) -> None:
        """Remove a content that nothing refers to any more; one that is gone already is no error."""
        self.path(sha256).unlink(missing_ok=True)

    def growing(self, name: str) -> Path:
        """Where a content lies that is still being received, and read meanwhile; its hash is not known."""
        return self.root / "growing" / name

    @contextmanager
    def scratch(self) -> Iterator["Scratch"]:
        """A file without a name, which is gone at the end of the block, or with its process. Raises NoDisk."""
        make_room(incoming := self.incoming())
        with TemporaryFile(dir=incoming, buffering=0) as file:
            yield Scratch(incoming, file)

    def incoming(self) -> Path:
        """The folder of what is being received, on the same disk as the blobs."""
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        return incoming


class Incoming:
    """Bytes on their way into a temporary file, hashed as they come; ``finish`` or ``discard`` ends it."""

    def __init__(self, path: Path, file: BinaryIO, limit_bytes: int) -> None:
        self._path, self._file, self._limit_bytes = path, file, limit_bytes
        self._digest, self._size_bytes = hashlib.sha256(), 0

    def write(self, chunk: bytes) -> None:
        """Take ``chunk``. Raises TooLarge past the limit and NoDisk when the disk is full."""
        before, self._size_bytes = self._size_bytes, self._size_bytes + len(chunk)
        if self._size_bytes > self._limit_bytes:
            raise TooLarge(f"more than {self._limit_bytes} bytes")
        if before // CHECK_DISK_BYTES != self._size_bytes // CHECK_DISK_BYTES:
            make_room(self._path.parent)
        self._digest.update(chunk)
        try:
            self._file.write(chunk)
        except OSError as error:
            raise NoDisk(str(error)) from error

    def finish(self) -> Draft:
        """Make the bytes durable. Raises NoDisk when the disk is full."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise NoDisk(str(error)) from error
        return Draft(self._path, Blob(self._digest.hexdigest(), self._size_bytes))

    def discard(self) -> None:
        """Remove what came; after ``Blobs.keep`` there is nothing left to remove."""
        with suppress(OSError):  # closing flushes, which a full disk refuses
            self._file.close()
        self._path.unlink(missing_ok=True)


class Scratch:
    """What is written to be read again, once and soon, from its beginning."""

    def __init__(self, directory: Path, file: IO[bytes]) -> None:
        self._directory, self._file = directory, file
        self._checked_bytes = 0

    def write(self, chunks: Iterable[bytes]) -> None:
        """Append ``chunks``. Raises NoDisk when the disk is full."""
        for chunk in chunks:
            self._checked_bytes += len(chunk)
            if self._checked_bytes >= CHECK_DISK_BYTES:
                make_room(self._directory)
                self._checked_bytes = 0
            try:
                self._file.write(chunk)
            except OSError as error:
                raise NoDisk(str(error)) from error

    def read(self) -> Iterator[bytes]:
        """Everything that was written, in pieces."""
        self._file.seek(0)
        while chunk := self._file.read(CHUNK_BYTES):
            yield chunk


def make_room(directory: Path, coming_bytes: int = 0) -> None:
    """Raise NoDisk when the disk of ``directory`` has no room for ``coming_bytes`` and the database."""
    free = shutil.disk_usage(directory).free
    if free < KEEP_FREE_BYTES + coming_bytes:
        raise NoDisk(f"{free} bytes are free on {directory}; {KEEP_FREE_BYTES} are kept for the database")


def sync_directory(directory: Path) -> None:
    """Make a rename durable: on POSIX the directory entry is synced by itself."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
