"""Files that are appended to over several requests: by one writer at a time, whichever process it is in."""

import fcntl
import os
from pathlib import Path

from triptych.blobs import CHECK_DISK_BYTES, NoDisk, make_room


class TapeTaken(Exception):
    """Somebody else is appending to it."""


class Tape:
    """The file that is appended to, by one writer at a time on all machines that share it."""

    def __init__(self, path: Path, *, is_copied: bool = True) -> None:
        """Open it, which must exist, at its end; ``is_copied``: in the end, so that there must be room twice.

        Raises TapeTaken.
        """
        self._folder, self._is_copied = path.parent, is_copied
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise TapeTaken from None
        self.size_bytes = os.fstat(self._descriptor).st_size

    def append(self, piece: bytes) -> None:
        """Write all of ``piece``. Raises NoDisk, having written what there was room for."""
        if (self.size_bytes + len(piece)) // CHECK_DISK_BYTES != self.size_bytes // CHECK_DISK_BYTES:
            make_room(self._folder, self.size_bytes if self._is_copied else 0)
        left = memoryview(piece)
        try:
            while left:
                written = os.write(self._descriptor, left)
                self.size_bytes += written
                left = left[written:]
        except OSError as error:
            raise NoDisk(str(error)) from error

    def sync(self) -> None:
        """Make what was written durable. Raises NoDisk."""
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise NoDisk(str(error)) from error

    def cut(self, size_bytes: int) -> None:
        """Forget what comes behind the first ``size_bytes``. Raises NoDisk."""
        try:
            os.ftruncate(self._descriptor, size_bytes)
        except OSError as error:
            raise NoDisk(str(error)) from error
        self.size_bytes = size_bytes

    def close(self) -> None:
        """Let others append."""
        os.close(self._descriptor)
