"""Fetching weights once: resumed where it broke off, hashed, and in place only when whole."""

import fcntl
import hashlib
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from threading import Event
from typing import BinaryIO, cast

from pipelines.contract import Context
from pipelines.engines.network import NOT_NOW_STATUSES
from pipelines.engines.retry_after import retry_after_s
from pipelines.errors import DownloadAway, TransientFailure

CHUNK_BYTES = 1 << 20
TIMEOUT_S = 5.0  # of connecting and of every read
WAIT_S = 0.5  # between looks at another process that is fetching the same file


@dataclass(frozen=True, slots=True)
class Remote:
    """A published file and the checksum that its publisher states: a SHA-256, or the number that git gives a file.

    Where neither is stated nothing can be verified, and whoever fetches has to say so.
    """

    url: str
    sha256: str = ""
    git_blob: str = ""


def fetch(remote: Remote, target: Path, context: Context) -> None:
    """Put ``remote`` at ``target``, telling progress; nothing is ever at ``target`` but the whole, verified file.

    What was fetched before a failure or a cancel waits beside it as ``.part`` and is gone on with next time. Of
    several processes one fetches and the others wait. Raises TransientFailure, DownloadAway when the server does
    not answer, and Cancelled through ``check``.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with alone(part, context):
        if target.is_file():  # another process has fetched it meanwhile
            return
        try:
            digest = _complete(remote, part, context)
        except (OSError, EOFError, HTTPException) as error:  # the last is of chunks cut short, and of what is no HTTP
            raise TransientFailure(f"fetching {target.name} from {remote.url} failed: {error}") from error
        _refuse_another(remote, digest, part, target.name)
        part.replace(target)


def remains(target: Path) -> list[Path]:
    """What fetching ``target`` may have left beside it: what was fetched so far, and the file that is locked."""
    part = target.with_name(f"{target.name}.part")
    return [part, _lock_of(part)]


def is_being_fetched(target: Path) -> bool:
    """Whether a process fetches ``target`` now."""
    _, path = remains(target)
    try:
        with path.open("r+b") as lock:
            return not _is_locked_by_us(lock)
    except FileNotFoundError:
        return False


@contextmanager
def alone(part: Path, context: Context) -> Iterator[None]:
    """Be the one process that makes ``part``; others wait, and tell so. Raises Cancelled through ``check``."""
    path = _lock_of(part)
    while True:
        with path.open("ab") as lock:
            while not _is_locked_by_us(lock):
                context.progress(None, f"waiting for another worker to bring {part.stem}")
                context.check()
                Event().wait(WAIT_S)
            if not _is_still(path, lock):
                continue  # it was removed with its model meanwhile, and who comes now locks another
            yield  # closing the file ends the lock, whatever happens
            return


def _lock_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.lock")


def _is_still(path: Path, file: BinaryIO) -> bool:
    return path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno()))


def _is_locked_by_us(file: BinaryIO) -> bool:
    """Lock the file unless somebody else has, and tell whether that went through."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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
                _tell(part.stem, have, total, context)
                context.check()
            if have < total:
                raise EOFError(f"the connection ended after {have} of {total} bytes")
    return sha256.hexdigest()


def _tell(name: str, have: int, total: int, context: Context) -> None:
    if total < CHUNK_BYTES:  # it is here as soon as it is told, and what it is one of has hardly begun
        context.progress(None, f"fetching {name}")
    else:
        context.progress(have / total, f"fetching {name}: {have >> 20} of {total >> 20} MiB")


def _asked(remote: Remote, have: int) -> HTTPResponse | None:
    """The server's answer to what comes after ``have`` bytes; None when nothing does.

    Raises DownloadAway, OSError, and HTTPException where the answer is no HTTP.
    """
    request = urllib.request.Request(remote.url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310 - https by constant
    try:
        return cast(HTTPResponse, urllib.request.urlopen(request, timeout=TIMEOUT_S))  # noqa: S310
    except urllib.error.HTTPError as refused:
        refused.close()  # it is the answer too, and its connection
        if refused.code == 416:  # nothing after what we have: it was whole already
            return None
        if refused.code not in NOT_NOW_STATUSES:
            raise
        asked_s = retry_after_s(refused.headers)
        raise DownloadAway(f"{remote.url} is not to be had for now: {refused}", retry_after_s=asked_s) from refused
    except OSError as silent:  # URLError and every socket error are OSErrors
        raise DownloadAway(f"the server of {remote.url} does not answer: {silent}") from silent


def _refuse_another(remote: Remote, sha256: str, part: Path, name: str) -> None:
    wanted, found, kind = remote.sha256, sha256, "SHA-256"
    if not wanted and remote.git_blob:
        wanted, found, kind = remote.git_blob, _git_blob_of(part), "git blob"
    if wanted and wanted != found:
        part.unlink()
        raise TransientFailure(f"{name} from {remote.url} has the {kind} {found}, not {wanted}; it was thrown away")


def _git_blob_of(path: Path) -> str:
    """Git's number of a file: the SHA-1 of its length and content (https://git-scm.com/book/en/v2/Git-Internals)."""
    sha1 = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            sha1.update(chunk)
    return sha1.hexdigest()


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
