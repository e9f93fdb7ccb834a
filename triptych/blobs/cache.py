"""Contents of a blob store elsewhere, on this machine for as long as there is room: what was used last stays."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from triptych.blobs.drafts import Draft

LENT = "lent-"
TRIES = 5  # to lend what other processes keep removing because the cache is too small


@dataclass(frozen=True, slots=True)
class Cache:
    """A directory of contents by their hashes, of at most ``most_bytes`` together once a content has been added.

    Whoever reads one has a name of their own for it, so that it may be removed here at any time: until they are done it
    takes its room on the disk. Any number of processes share it.
    """

    root: Path
    most_bytes: int

    def add(self, draft: Draft) -> None:
        """Move a draft here, whose hash is known to be true."""
        self.root.mkdir(parents=True, exist_ok=True)
        draft.path.replace(self.root / draft.blob.sha256)
        self._shrink(spared=draft.blob.sha256)

    def lend(self, sha256: str, directory: Path, fetched: Callable[[], Draft]) -> Path:
        """The content by another name, in ``directory``, which is on the same disk; what is not here is fetched."""
        path = directory / sha256
        for _ in range(TRIES):
            with suppress(FileNotFoundError):
                with suppress(FileExistsError):  # lent to the same before
                    path.hardlink_to(self.root / sha256)
                os.utime(path)  # it was used
                return path
            self.add(fetched())
        raise FileNotFoundError(f"the cache is too small to keep {sha256} for a moment")

    @contextmanager
    def at_hand(self, sha256: str, fetched: Callable[[], Draft]) -> Iterator[Path]:
        """The content for the length of the block."""
        self.root.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=LENT, dir=self.root) as directory:
            yield self.lend(sha256, Path(directory), fetched)

    def lent(self) -> Iterator[Path]:
        """The directories that contents were lent in, by processes that died perhaps."""
        return self.root.glob(f"{LENT}*")

    def place(self, sha256: str) -> Path:
        """Where the content lies if it is here."""
        return self.root / sha256

    def _shrink(self, spared: str) -> None:
        """Remove what was not used for longest, until the rest is no more than it may be."""
        found = sorted(self._contents())
        excess = sum(size_bytes for _, size_bytes, _ in found) - self.most_bytes
        for _, size_bytes, path in found:
            if excess <= 0:
                return
            if path.name != spared:
                path.unlink(missing_ok=True)
                excess -= size_bytes

    def _contents(self) -> Iterator[tuple[float, int, Path]]:
        for entry in os.scandir(self.root):
            with suppress(FileNotFoundError):
                if entry.is_file():
                    stat = entry.stat()
                    yield stat.st_mtime, stat.st_size, Path(entry.path)
