"""A zip that is written to nobody's disk: its bytes are handed on as they are made."""

import hashlib
from collections.abc import Generator, Iterable, Iterator
from typing import TypeAlias
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from triptych.memory.archive.format import EntryRecord

HANDED_BYTES = 256 * 1024
Pieces: TypeAlias = Generator[bytes, None, None]

EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip's earliest date: the same contents make the same bytes


class ZipStream:
    """Writes entries one after another; what is ready is taken by whoever iterates. Zip64 throughout."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = ZipFile(self._sink, "w")
        self.entries: dict[str, EntryRecord] = {}

    def stored(self, name: str, chunks: Iterable[bytes]) -> Pieces:
        """Write bytes as they are."""
        with self._zip.open(_info(name, ZIP_STORED), "w", force_zip64=True) as entry:
            for chunk in chunks:
                entry.write(chunk)
                yield from self._sink.taken(HANDED_BYTES)

    def deflated(self, name: str, lines: Iterable[bytes]) -> Pieces:
        """Write lines; how many they were and their hash stand in ``entries`` afterwards."""
        digest, count = hashlib.sha256(), 0
        with self._zip.open(_info(name, ZIP_DEFLATED), "w", force_zip64=True) as entry:
            for line in lines:
                entry.write(line)
                digest.update(line)
                count += 1
                yield from self._sink.taken(HANDED_BYTES)
        self.entries[name] = EntryRecord(lines=count, sha256=digest.hexdigest())

    def end(self) -> Iterator[bytes]:
        """Write the list of the entries, without which it is no zip."""
        self._zip.close()
        yield from self._sink.taken()


def _info(name: str, method: int) -> ZipInfo:
    info = ZipInfo(name, EPOCH)
    info.compress_type = method
    return info


class _Sink:
    """A file that cannot be sought, whose bytes are kept until they are taken."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, chunk: bytes) -> int:
        self._waiting += chunk
        return len(chunk)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing was opened."""

    def taken(self, at_least_bytes: int = 1) -> Iterator[bytes]:
        if len(self._waiting) >= at_least_bytes:
            yield bytes(self._waiting)
            self._waiting.clear()
