"""Bytes that are being received: into files that nobody else sees, hashed on the way, and never on a full disk."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

CHUNK_BYTES = 1024 * 1024
KEEP_FREE_BYTES = 64 * 1024 * 1024  # the database must still be able to commit when uploads have filled the disk
CHECK_DISK_BYTES = 16 * 1024 * 1024


class TooLarge(Exception):
    """A stream went past the number of bytes it was allowed."""


class NoDisk(Exception):
    """The disk is full; nothing was kept."""


class BlobsAway(Exception):
    """Where the blobs lie does not answer; the same may work in a moment."""


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
