"""Blobs in a directory of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from triptych.blobs.blobs import Blobs
from triptych.blobs.drafts import Blob, Draft, sync_directory


@dataclass(frozen=True, slots=True)
class DirectoryBlobs(Blobs):
    """Under ``root``, spread over 256 folders. Concurrent writers of one content agree by rename."""

    def path(self, sha256: str) -> Path:
        """Where the content with this hash lies, whether or not it is there."""
        return self.root / sha256[:2] / sha256

    def keep(self, draft: Draft) -> Blob:
        """See ``Blobs``."""
        place = self.path(draft.blob.sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.path.replace(place)
        sync_directory(place.parent)
        return draft.blob

    def lend(self, sha256: str, directory: Path) -> Path:  # noqa: ARG002  # it stays where it is
        """See ``Blobs``."""
        place = self.path(sha256)
        place.stat()
        return place

    @contextmanager
    def at_hand(self, sha256: str) -> Iterator[Path]:
        """See ``Blobs``."""
        place = self.path(sha256).absolute()
        place.stat()
        yield place

    def open(self, sha256: str, size_bytes: int) -> BinaryIO:  # noqa: ARG002  # as above
        """See ``Blobs``."""
        return self.path(sha256).open("rb")

    def remove(self, sha256: str) -> None:
        """See ``Blobs``."""
        self.path(sha256).unlink(missing_ok=True)

    def contents_before(self, before: float) -> Iterator[str]:
        """See ``Blobs``."""
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            if self.is_from_before(path.name, before):
                yield path.name

    def is_from_before(self, sha256: str, before: float) -> bool:
        """See ``Blobs``."""
        try:
            return self.path(sha256).stat().st_mtime < before
        except FileNotFoundError:
            return False
