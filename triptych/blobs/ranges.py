"""A content elsewhere as a file to be read from any place, of which no more is fetched than what is read."""

import io
from collections.abc import Callable, Iterator

Pieces = Callable[[str, int, int], Iterator[bytes]]


class RangedReader(io.RawIOBase):
    """Reads ``key`` by ``pieces``, which fetches from one place up to another; a seek begins to fetch anew."""

    def __init__(self, pieces: Pieces, key: str, size_bytes: int) -> None:
        self._pieces, self._key, self._size_bytes = pieces, key, size_bytes
        self._at = 0
        self._coming: Iterator[bytes] | None = None
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """See ``io.RawIOBase``."""
        return True

    def seekable(self) -> bool:
        """See ``io.RawIOBase``."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """See ``io.RawIOBase``."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size_bytes}[whence]
        if base + offset != self._at:
            self._at, self._coming, self._rest = base + offset, None, memoryview(b"")
        return self._at

    def tell(self) -> int:
        """See ``io.RawIOBase``."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; fewer where no more have come together. Raises as the blob store does."""
        if self._at >= self._size_bytes:
            return b""
        if self._coming is None:
            self._coming = self._pieces(self._key, self._at, self._size_bytes)
        if not self._rest:
            self._rest = memoryview(next(self._coming, b""))
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        self._at += len(taken)
        return bytes(taken)
