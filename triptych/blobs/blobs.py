"""What the house asks of a blob store, wherever its contents lie; what is being received lies on this machine."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile, mkstemp
from typing import BinaryIO

from triptych.blobs.drafts import CHUNK_BYTES, Blob, Draft, Incoming, NoDisk, Scratch, make_room


@dataclass(frozen=True, slots=True)
class Blobs(ABC):
    """Contents by their SHA-256; ``root`` is the directory, on this machine, of what is on its way.

    Whatever asks for a content raises FileNotFoundError when it is not there, and BlobsAway when nobody can tell.
    """

    root: Path

    @abstractmethod
    def keep(self, draft: Draft) -> Blob:
        """Have the content of a draft in the store. Doing it twice, or with one that is there, changes nothing."""

    @abstractmethod
    def lend(self, sha256: str, directory: Path) -> Path:
        """The content as a file of this machine, to be read for as long as ``directory`` is there."""

    @abstractmethod
    def at_hand(self, sha256: str) -> AbstractContextManager[Path]:
        """The content as a file of this machine, to be read within the block."""

    @abstractmethod
    def open(self, sha256: str, size_bytes: int) -> BinaryIO:
        """The content, which is so large, to be read from any place; no more than what is read is fetched."""

    @abstractmethod
    def remove(self, sha256: str) -> None:
        """Remove a content that nothing refers to any more; one that is gone already is no error."""

    @abstractmethod
    def contents_before(self, before: float) -> Iterator[str]:
        """The hashes of what was last kept before then, in seconds since the epoch."""

    @abstractmethod
    def is_from_before(self, sha256: str, before: float) -> bool:
        """Whether the content is there and was last kept before then."""

    def opened(self, sha256: str) -> BinaryIO:
        """The content as a file of this machine, open to be read."""
        with self.at_hand(sha256) as path:
            return path.open("rb")

    def begin(self, limit_bytes: int) -> Incoming:
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

    def keep_file(self, path: Path) -> Blob:
        """Copy a finished file into the store. Raises NoDisk as ``receive`` does."""
        with path.open("rb") as file:
            return self.keep_chunks(iter(lambda: file.read(CHUNK_BYTES), b""), limit_bytes=path.stat().st_size)

    def keep_chunks(self, chunks: Iterable[bytes], limit_bytes: int) -> Blob:
        """Have what ``chunks`` are together in the store. Raises as ``receive`` does."""
        draft = self.receive(chunks, limit_bytes)
        try:
            return self.keep(draft)
        finally:
            draft.discard()

    def growing(self, name: str) -> Path:
        """Where a content lies that is still being received, and read meanwhile; its hash is not known."""
        return self.root / "growing" / name

    def incoming(self) -> Path:
        """The folder of what is being received, on the same disk as what grows."""
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        return incoming

    @contextmanager
    def scratch(self) -> Iterator[Scratch]:
        """A file without a name, which is gone at the end of the block, or with its process. Raises NoDisk."""
        make_room(incoming := self.incoming())
        with TemporaryFile(dir=incoming, buffering=0) as file:
            yield Scratch(incoming, file)

    def on_their_way(self) -> Iterator[Path]:
        """Everything that is being received or lent, or was by a process that died."""
        for folder in (self.root / "incoming", self.root / "growing"):
            yield from folder.glob("*")
