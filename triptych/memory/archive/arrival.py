"""What is known of an archive while it is being brought in."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing

from triptych.blobs import TooLarge
from triptych.jobs.quotas import QuotaExceeded
from triptych.memory.archive.format import BadArchive
from triptych.memory.archive.identity import Owners
from triptych.memory.archive.reading import Archive
from triptych.store import Store


class Arrival:
    """An archive on its way in; ``new`` counts what it brings by kind, ``skipped`` what was there.

    ``sources`` and ``collections``: what stands for one of the archive's here under another id, because its file had a
    source, or its name was given, already. ``media_types``: of the page's new files, by the archive's ids.
    """

    def __init__(self, store: Store, archive: Archive, owners: Owners) -> None:
        self.store, self.archive, self.owners = store, archive, owners
        self.new: Counter[str] = Counter()
        self.skipped = 0
        self.sources: dict[str, str] = {}
        self.collections: dict[str, str] = {}
        self.media_types: dict[str, str] = {}
        self._outputs: set[str] = set()  # the hashes of those that were counted
        self.gone: set[str] = set()  # the hashes of contents that the archive itself says were not there
        self.left_vectors: Counter[str] = Counter()
        self.sizes: dict[str, int] = {}  # of the page's lines in bytes, by the words that say where they stand
        self.new_bytes = 0
        self._most_bytes: int | None = None
        self._missing = frozenset(archive.manifest.missing)

    def allow(self, most_bytes: int | None) -> None:
        """Let it bring so many bytes, of contents and of lines; None: any number."""
        self._most_bytes = most_bytes

    def count(self, *, contents_bytes: int = 0, lines: Iterable[str] = ()) -> None:
        """Count what is new. Raises jobs.quotas.QuotaExceeded where it is more than its owner may have."""
        self.new_bytes += contents_bytes + sum(self.sizes[where] for where in lines)
        if self._most_bytes is not None and self.new_bytes > self._most_bytes:
            raise QuotaExceeded(
                "bytes", f"the archive brings more than the {self._most_bytes:,} bytes that you have left"
            )

    def keep_content(self, sha256: str, size_bytes: int, where: str) -> bool:
        """Have the content with this hash in the store; False where the archive itself says that it was gone.

        Raises BadArchive where it is not among the contents, or has another size or hash, and blobs.NoDisk.
        """
        chunks, blobs = self.archive.content(sha256), self.store.blobs
        if chunks is None:
            if sha256 in self._missing:
                self.gone.add(sha256)
                return False
            raise BadArchive(f"{where}: the content {sha256} is missing")
        try:
            with closing(chunks):
                draft = blobs.receive(chunks, size_bytes)
        except TooLarge:
            raise BadArchive(
                f"{where}: the content {sha256} is larger than the {size_bytes} bytes told of it"
            ) from None
        if (draft.blob.sha256, draft.blob.size_bytes) != (sha256, size_bytes):
            draft.discard()
            raise BadArchive(f"{where}: the content {sha256} is another, by its hash or its size")
        blobs.keep(draft)
        return True

    def keep_output(self, sha256: str, size_bytes: int, where: str) -> None:
        """As ``keep_content``, counted: once, however many jobs made it."""
        if sha256 not in self._outputs:
            self._outputs.add(sha256)
            self.count(contents_bytes=size_bytes)
        self.keep_content(sha256, size_bytes, where)

    def hash_of(self, sha256: str) -> str:
        """The hash to keep of a content: of one that did not come none that another has, whose bytes these would be."""
        return hashlib.sha256(f"gone {sha256}".encode()).hexdigest() if sha256 in self.gone else sha256

    def warnings(self) -> Sequence[str]:
        """What could not be brought."""
        return [
            f"{count:,} vectors of {model} were left out, which is not searched here: memory.reindex makes others"
            for model, count in sorted(self.left_vectors.items())
        ]
