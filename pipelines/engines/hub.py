"""Bringing a model's files from the Hugging Face hub, each held to the checksum that the hub states of it."""

import os
import re
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from types import MappingProxyType
from typing import IO
from urllib.parse import urljoin, urlsplit

from pipelines.contract import Context
from pipelines.engines.fetching import TIMEOUT_S, Remote, fetch
from pipelines.engines.network import NOT_NOW_STATUSES
from pipelines.engines.retry_after import retry_after_s
from pipelines.errors import DownloadAway, EngineUnavailable, TransientFailure

MIRROR = "HF_ENDPOINT"  # the variable by which Hugging Face's own tools are told of a mirror
NEWEST = "main"
MOST_HOPS = 5
ABSENT_STATUSES = frozenset({401, 403, 404})  # what does not exist is told as what one may not see
REDIRECTED_STATUSES = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Brought:
    """Which files of those asked for are here now, and those of them that the hub states no checksum of."""

    files: Sequence[Path]
    unverified: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the hub says of a file: the commit that has it, and what it hashes to where that is told."""

    commit: str
    sha256: str
    git_blob: str


def hub_url() -> str:
    """Where the hub answers."""
    return os.environ.get(MIRROR, "").rstrip("/") or "https://huggingface.co"


def hub_host() -> str:
    """The name of the hub's machine, to see whether it can be reached."""
    return urlsplit(hub_url()).hostname or ""


def bring(
    repository: str,
    names: Sequence[str],
    folder: Path,
    context: Context,
    optional: Sequence[str] = (),
    needless: Mapping[str, str] = MappingProxyType({}),
) -> Brought:
    """Put the files called ``names`` of ``repository`` into ``folder``, in this order, all of one commit.

    The file whose presence says that the model is here comes last. Of those that are ``optional`` too, what the
    repository does not have is left out, and so is a file that one before it makes ``needless``. Raises
    EngineUnavailable where it lacks another, TransientFailure, DownloadAway and Cancelled as ``fetch`` does.
    """
    files: list[Path] = []
    unverified: list[str] = []
    commit = NEWEST
    for name in names:
        context.check()
        if name in needless and folder / needless[name] in files:
            continue
        stated = _stated(_address(repository, commit, name))
        if stated is None and name in optional:
            continue
        if stated is None:
            raise EngineUnavailable(f"{repository} publishes no {name} at {hub_url()}")
        commit = stated.commit or commit
        remote = Remote(_address(repository, commit, name), stated.sha256, stated.git_blob)
        fetch(remote, folder / name, context)
        files.append(folder / name)
        if not (stated.sha256 or stated.git_blob):
            unverified.append(name)
    return Brought(tuple(files), tuple(unverified))


def _address(repository: str, commit: str, name: str) -> str:
    return f"{hub_url()}/{repository}/resolve/{commit}/{name}"


def _stated(url: str) -> _Stated | None:
    """What the hub says of a file; None where there is none.

    A large file lies elsewhere: its own tag says what that place says of it, and the hub's ``X-Linked-Etag`` is the
    SHA-256 (https://huggingface.co/docs/huggingface_hub/package_reference/file_download).
    """
    headers = _headers(url)
    if headers is None:
        return None
    tag = (headers["X-Linked-Etag"] or headers["ETag"] or "").removeprefix("W/").strip('"').lower()
    return _Stated(
        commit=headers["X-Repo-Commit"] or "",
        sha256=tag if re.fullmatch("[0-9a-f]{64}", tag) else "",
        git_blob=tag if re.fullmatch("[0-9a-f]{40}", tag) else "",
    )


def _headers(url: str) -> Message | None:
    """The hub's own answer about a file; it may lead on within the hub, but not to where large files lie."""
    for _ in range(MOST_HOPS):
        status, headers = _asked(url)
        if status in ABSENT_STATUSES:
            return None
        if status in NOT_NOW_STATUSES:
            raise DownloadAway(f"{url} is not to be had for now: {status}", retry_after_s=retry_after_s(headers))
        if status >= 400:
            raise TransientFailure(f"{url} is answered with {status}")
        further = urljoin(url, headers["Location"] or url)
        if status not in REDIRECTED_STATUSES or headers["X-Linked-Etag"] or urlsplit(further)[:2] != urlsplit(url)[:2]:
            return headers
        url = further
    raise TransientFailure(f"{url} leads on and on")


def _asked(url: str) -> tuple[int, Message]:
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310 - the hub's, and a model's that we list
    try:
        with urllib.request.build_opener(_Staying).open(request, timeout=TIMEOUT_S) as answer:
            return int(answer.status), answer.headers
    except urllib.error.HTTPError as told:
        told.close()
        return told.code, told.headers
    except OSError as silent:  # URLError and every socket error are OSErrors
        raise DownloadAway(f"the hub does not answer at {hub_url()}: {silent}") from silent
    except HTTPException as garbled:
        raise TransientFailure(f"{hub_url()} answers with what is no HTTP: {garbled!r}") from garbled


class _Staying(urllib.request.HTTPRedirectHandler):
    """Tells a redirection as the answer that it is."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Go nowhere."""
