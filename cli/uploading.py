"""Bringing files: small ones with what asks for them, large ones by themselves, resumed by the next command."""

import hashlib
import json
import os
from pathlib import Path

from cli.progress import Shown
from triptych.client import Client, Refused, Source
from triptych.client.records.file import File
from triptych.client.records.upload import PendingUpload

LARGE_BYTES = 16 * 1024**2
FORGOTTEN_S = 30 * 24 * 3600
CACHE_VARIABLE = "XDG_CACHE_HOME"  # https://specifications.freedesktop.org/basedir/latest/


class UploadInterrupted(KeyboardInterrupt):
    """Ctrl-C while a large file is sent; its text says what becomes of that."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: what was sent is kept for a while: ask for the same again, and it goes on")


def is_large(source: Source) -> bool:
    """Whether a file goes in by itself, in several requests, rather than with what asks for it."""
    return source.size_bytes > LARGE_BYTES


def bring(client: Client, source: Source, shown: Shown) -> File:
    """Bring a file. A large one goes on where an earlier command stopped; one that did not is not sent again.

    That holds while the file is the same, by its place, size and time, and for as long as the API keeps the upload.
    """
    if not is_large(source):
        return client.files.upload(source, shown.sending(source.name, source.size_bytes))
    mark = _Mark(client.url, source)
    upload = mark.pending(client) or mark.keep(client.uploads.begin(source))
    if upload.file_id is not None:
        return client.uploads.send(upload, source)
    try:
        return client.uploads.send(upload, source, shown.sending(source.name, source.size_bytes))
    except KeyboardInterrupt:
        if not source.identity:  # of standard input, which nobody can tell from another
            raise
        raise UploadInterrupted(source.name) from None


class _Mark:
    """Where it is remembered that a file is under way to an API: a small file of the user's cache."""

    def __init__(self, url: str, source: Source) -> None:
        key = hashlib.sha256("\0".join((url, source.identity)).encode()).hexdigest()
        self._path = _cache() / f"{key}.json"
        self._is_kept = bool(source.identity)

    def pending(self, client: Client) -> PendingUpload | None:
        """The upload that is under way, or has become a file; None where the API has neither any more."""
        try:
            upload = client.uploads.get(str(json.loads(self._path.read_text())["upload"]))
            if upload.file_id is not None:
                client.files.get(upload.file_id)
        except (OSError, ValueError, KeyError, Refused):
            return None
        return upload

    def keep(self, upload: PendingUpload) -> PendingUpload:
        """Remember that it is under way, and forget what was longer ago than any API waits."""
        if self._is_kept:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.write_text(json.dumps({"upload": upload.id}))
            newest = self._path.stat().st_mtime
            for other in self._path.parent.glob("*.json"):
                if newest - other.stat().st_mtime > FORGOTTEN_S:
                    other.unlink(missing_ok=True)
        return upload


def _cache() -> Path:
    return Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache") / "triptych" / "uploads"
