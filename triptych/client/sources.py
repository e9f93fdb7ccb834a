"""What is sent as a file: bytes under a name, which can be read again when a request is repeated."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import SEEK_CUR, SEEK_END, SEEK_SET, BytesIO
from os import fsencode
from pathlib import Path
from typing import BinaryIO, Self

from triptych.client.errors import Incomplete

PIECE_BYTES = 256 * 1024
OnSent = Callable[[int], None]
"""Told how many bytes of all files have been sent; after a repeat it begins anew."""


def unwatched(_: int) -> None:
    """Nobody is told how much has been sent."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be sent; ``open`` gives it from its beginning, every time.

    ``identity`` is the same as long as the file is: by it an upload is gone on with. Empty of what comes but once.
    """

    name: str
    size_bytes: int
    open: Callable[[], BinaryIO]
    identity: str = ""

    @classmethod
    def of_path(cls, path: Path) -> Self:
        """The file at ``path``, under its own name. Raises OSError when there is none, or it is no file.

        Bytes of a name that are no UTF-8, which a disk holds and nothing that is sent can, stand in it as U+FFFD.
        """
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
        told = path.stat()
        identity = f"{fsencode(path.absolute())!r} {told.st_size} {told.st_mtime_ns}"
        return cls(fsencode(path.name).decode(errors="replace"), told.st_size, lambda: path.open("rb"), identity)

    @classmethod
    def of_bytes(cls, name: str, content: bytes) -> Self:
        """``content``, called ``name``."""
        return cls(name, len(content), lambda: BytesIO(content))


class Watched:
    """A source as a file that is opened when it is read, and tells how much was, which is what was sent."""

    def __init__(self, source: Source, on_sent: OnSent) -> None:
        self._source = source
        self._on_sent = on_sent
        self._file: BinaryIO | None = None
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes; behind the last it is closed."""
        if self._file is None:
            self._file = self._source.open()
            self._file.seek(self._at)
        piece = self._file.read(size)
        self._at += len(piece)
        self._on_sent(self._at)
        if not piece:
            self.close()
        return piece

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go elsewhere in the file."""
        self.close()
        self._at = offset + {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._source.size_bytes}[whence]
        return self._at

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def close(self) -> None:
        """Close it, until it is read again."""
        if self._file is not None:
            self._file.close()
        self._file = None


def stretch_of(source: Source, offset: int, size_bytes: int, on_sent: OnSent = unwatched) -> Iterator[bytes]:
    """So many bytes of a source behind ``offset``, in pieces. Raises Incomplete where there are fewer."""
    with source.open() as file:
        file.seek(offset)
        end = offset + size_bytes
        while (at := file.tell()) < end:
            piece = file.read(min(PIECE_BYTES, end - at))
            if not piece:
                raise Incomplete(f"{source.name} was changed while it was sent: send it again")
            yield piece
            on_sent(file.tell())


def hash_of(source: Source) -> str:
    """The SHA-256 of a source, in hexadecimal."""
    with source.open() as file:
        digest = hashlib.sha256()
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
        return digest.hexdigest()
