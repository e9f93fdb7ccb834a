"""Blobs in S3, or in what speaks like it; what is worked on is fetched to this machine first."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from triptych.blobs.blobs import Blobs
from triptych.blobs.cache import Cache
from triptych.blobs.drafts import CHUNK_BYTES, Blob, BlobsAway, Draft
from triptych.blobs.ranges import RangedReader
from triptych.blobs.s3_direct import S3Direct

CONTENTS = "contents"
INCOMING = "incoming"
TIMEOUT_S = 30
RETRIES = 2


@dataclass(frozen=True, slots=True)
class S3Blobs(Blobs):
    """Contents as objects ``contents/ab/abcd...`` of ``objects``; ``cache`` holds those that were used last.

    ``direct``: what is sent there by others.
    """

    objects: S3Store
    cache: Cache
    direct: S3Direct

    def keep(self, draft: Draft) -> Blob:
        """See ``Blobs``."""
        with told_as_away():
            obstore.put(self.objects, _key(draft.blob.sha256), draft.path)
        self.cache.add(draft)
        return draft.blob

    def keep_sent(self, draft: Draft, key: str) -> Blob:
        """As ``keep``, of what lies there under ``key`` too, where nobody can put anything else any more."""
        self.direct.copy(key, _key(draft.blob.sha256), draft.blob.size_bytes)
        self.cache.add(draft)
        return draft.blob

    def lend(self, sha256: str, directory: Path) -> Path:
        """See ``Blobs``."""
        return self.cache.lend(sha256, directory, lambda: self._fetched(sha256))

    def at_hand(self, sha256: str) -> AbstractContextManager[Path]:
        """See ``Blobs``."""
        return self.cache.at_hand(sha256, lambda: self._fetched(sha256))

    def open(self, sha256: str, size_bytes: int) -> BinaryIO:
        """See ``Blobs``."""
        try:
            return self.cache.place(sha256).open("rb")
        except FileNotFoundError:
            self._modified(sha256)  # or its absence would be told in the middle of an answer
            return cast(BinaryIO, RangedReader(self._pieces, _key(sha256), size_bytes))

    def remove(self, sha256: str) -> None:
        """See ``Blobs``."""
        with told_as_away():
            obstore.delete(self.objects, _key(sha256))
        self.cache.place(sha256).unlink(missing_ok=True)

    def contents_before(self, before: float) -> Iterator[str]:
        """See ``Blobs``."""
        with told_as_away():
            for page in obstore.list(self.objects, CONTENTS):
                for found in page:
                    if found["last_modified"].timestamp() < before:
                        yield found["path"].rpartition("/")[2]

    def is_from_before(self, sha256: str, before: float) -> bool:
        """See ``Blobs``."""
        try:
            return self._modified(sha256) < before
        except FileNotFoundError:
            return False

    def received(self, key: str, limit_bytes: int) -> Draft:
        """An object that somebody else put there, as a draft. Raises TooLarge, and as whatever asks for a content."""
        return self.receive(self._pieces(key, 0, None), limit_bytes)

    def drop(self, key: str) -> None:
        """Remove an object that somebody else put there, if they did."""
        with told_as_away():
            obstore.delete(self.objects, key)

    def sent(self) -> Iterator[str]:
        """The keys of all objects that somebody else put there."""
        with told_as_away():
            for page in obstore.list(self.objects, INCOMING):
                yield from (found["path"] for found in page)

    def on_their_way(self) -> Iterator[Path]:
        """See ``Blobs``."""
        yield from super(S3Blobs, self).on_their_way()
        yield from self.cache.lent()

    def _modified(self, sha256: str) -> float:
        with told_as_away():
            return obstore.head(self.objects, _key(sha256))["last_modified"].timestamp()

    def _fetched(self, sha256: str) -> Draft:
        """The content, held against its hash. Raises BlobsAway where it is another one."""
        draft = self.receive(self._pieces(_key(sha256), 0, None), limit_bytes=1 << 62)
        if draft.blob.sha256 != sha256:
            draft.discard()
            raise BlobsAway(f"what came for the content {sha256} has another hash")
        return draft

    def _pieces(self, key: str, start: int, end: int | None) -> Iterator[bytes]:
        with told_as_away():
            options: obstore.GetOptions = {} if end is None else {"range": (start, end)}
            for piece in obstore.get(self.objects, key, options=options).stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(piece)


def open_s3(root: Path, url: str, cache: Cache) -> S3Blobs:
    """The store at ``url``, ``s3://bucket/prefix``; the rest is told by the usual variables of the environment.

    These are ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ENDPOINT_URL`` and their like:
    https://docs.rs/object_store/latest/object_store/aws/struct.AmazonS3Builder.html. Without keys the machine's role is
    asked for. Plain http is taken from an endpoint that says so.
    """
    options: obstore.store.ClientConfig = {"allow_http": True, "timeout": f"{TIMEOUT_S}s"}
    objects = S3Store.from_url(url, client_options=options, retry_config={"max_retries": RETRIES})
    return S3Blobs(root, objects, cache, S3Direct(url))


@contextmanager
def told_as_away() -> Iterator[None]:
    """Raise BlobsAway for what obstore raises, but for FileNotFoundError."""
    try:
        yield
    except BaseError as error:
        raise BlobsAway(str(error).partition("\n")[0]) from error


def direct_key(upload_id: str) -> str:
    """The key of what somebody sends straight to S3, which is in nobody's way until it was looked at."""
    return f"{INCOMING}/{upload_id}"


def _key(sha256: str) -> str:
    return f"{CONTENTS}/{sha256[:2]}/{sha256}"
