"""Fetching weights once: resumed where it broke off, hashed, and in place only when whole."""

import fcntl
import hashlib
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from threading import Event
from typing import BinaryIO, cast

from pipelines.contract import Context
from pipelines.engines.network import NOT_NOW_STATUSES
from pipelines.errors import ServerAway, TransientFailure

CHUNK_BYTES = 1 << 20
TIMEOUT_S = 5.0  # of connecting and of every read
WAIT_S = 0.5  # between looks at another process that is fetching the same file


@dataclass(frozen=True, slots=True)
class Remote:
    """A published file and the SHA-256 its bytes must have."""

    url: str
    sha256: str


def fetch(remote: Remote, target: Path, context: Context) -> None:
    """Put ``remote`` at ``target``, telling progress; nothing is ever at ``target`` but the whole, verified file.

    What was fetched before a failure or a cancel waits beside it as ``.part`` and is gone on with next time. Of
    several processes one fetches and the others wait. Raises TransientFailure, ServerAway when the server does not
    answer, and Cancelled through ``check``.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with alone(part, context):
        if target.is_file():  # another process has fetched it meanwhile
            return
        try:
            digest = _complete(remote, part, context)
        except (OSError, EOFError) as error:
            raise TransientFailure(f"fetching {target.name} from {remote.url} failed: {error}") from error
        if digest != remote.sha256:
            part.unlink()
            raise TransientFailure(
                f"{target.name} from {remote.url} has the SHA-256 {digest}, not {remote.sha256}; it was thrown away"
            )
        part.replace(target)


@contextmanager
def alone(part: Path, context: Context) -> Iterator[None]:
    """Be the one process that makes ``part``; others wait, and tell so. Raises Cancelled through ``check``."""
    with part.with_name(f"{part.name}.lock").open("ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                context.progress(None, f"waiting for another worker to bring {part.stem}")
                context.check()
                Event().wait(WAIT_S)
        yield  # closing the file ends the lock, whatever happens


def _complete(remote: Remote, part: Path, context: Context) -> str:
    """Fetch what ``part`` lacks and return the SHA-256 of the whole."""
    with part.open("a+b") as file:
        sha256 = _hash_of(file, context)
        have = file.tell()
        response = _asked(remote, have)
        if response is None:
            return sha256.hexdigest()
        with response:
            if response.status != 206:  # the server sends it from the beginning
                file.truncate(0)
                sha256, have = hashlib.sha256(), 0
            total = have + int(response.headers["Content-Length"] or 0)
            _refuse_without_room(part, total - have)
            while chunk := response.read(CHUNK_BYTES):
                file.write(chunk)
                sha256.update(chunk)
                have += len(chunk)
                context.progress(
                    have / total if total else None, f"fetching {part.stem}: {have >> 20} of {total >> 20} MiB"
                )
                context.check()
            if have < total:
                raise EOFError(f"the connection ended after {have} of {total} bytes")
    return sha256.hexdigest()


def _asked(remote: Remote, have: int) -> HTTPResponse | None:
    """The server's answer to what comes after ``have`` bytes; None when nothing does. Raises ServerAway, OSError."""
    request = urllib.request.Request(remote.url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310 - https by constant
    try:
        return cast(HTTPResponse, urllib.request.urlopen(request, timeout=TIMEOUT_S))  # noqa: S310
    except urllib.error.HTTPError as refused:
        refused.close()  # it is the answer too, and its connection
        if refused.code == 416:  # nothing after what we have: it was whole already
            return None
        if refused.code not in NOT_NOW_STATUSES:
            raise
        raise ServerAway(f"{remote.url} is not to be had for now: {refused}") from refused
    except OSError as silent:  # URLError and every socket error are OSErrors
        raise ServerAway(f"the server of {remote.url} does not answer: {silent}") from silent


def _hash_of(file: BinaryIO, context: Context) -> "hashlib._Hash":
    sha256 = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        sha256.update(chunk)
        context.check()
    return sha256


def _refuse_without_room(part: Path, needed_bytes: int) -> None:
    free_bytes = shutil.disk_usage(part.parent).free
    if needed_bytes > free_bytes:
        raise OSError(f"it needs {needed_bytes >> 20} MiB and {free_bytes >> 20} MiB are free")
