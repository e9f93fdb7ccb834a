"""Fetching bytes: a download that breaks goes on where it stopped, and a file appears whole or not at all."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from errno import EISDIR
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import httpx2

from triptych.client.absence import MAY_PASS, Absence
from triptych.client.errors import Incomplete, Refused
from triptych.client.transport import Ask, Transport

OnGot = Callable[[int, int | None], None]
"""Told how many bytes are there, and how many there will be where the API says so."""


def unseen(_: int, __: int | None) -> None:
    """Nobody is told how much has come."""


def fetch(transport: Transport, url: str, to: BinaryIO, on_got: OnGot = unseen) -> int:
    """Write what is at ``url`` into ``to``, and tell how many bytes that was.

    What the API names by a hash (its ``ETag``) is resumed where a connection breaks, and held against it. Raises
    Incomplete where it is another at the end, and what a request raises.
    """
    got, absence = _Got(to, on_got), Absence(transport)
    while True:
        try:
            with transport.stream(Ask("GET", url, headers=got.range())) as response:
                got.take(response, absence)
            break
        except MAY_PASS as error:
            if isinstance(error, Refused) and error.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                break  # all of it had come when the connection broke
            if got.size_bytes and not got.etag:
                raise
            absence.endure(error)
    got.check(url)
    return got.size_bytes


def fetch_file(transport: Transport, url: str, path: Path, on_got: OnGot = unseen) -> int:
    """Write what is at ``url`` to ``path``, where it stands once all of it is there. Raises as ``fetch``, and OSError.

    What was at ``path`` before stays until then.
    """
    if path.is_dir():
        raise IsADirectoryError(EISDIR, "it is a folder", str(path))
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("wb") as file:
            size_bytes = fetch(transport, url, file, on_got)
        partial.replace(path)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    return size_bytes


class _Got:
    """What has come so far."""

    def __init__(self, to: BinaryIO, on_got: OnGot) -> None:
        self._to = to
        self._on_got = on_got
        self._hash = hashlib.sha256()
        self.size_bytes = 0
        self.etag = ""

    def range(self) -> dict[str, str]:
        """The headers that ask for the rest, of the very same content, as it is."""
        rest = {"Range": f"bytes={self.size_bytes}-", "If-Range": self.etag} if self.size_bytes else {}
        return {**rest, "Accept-Encoding": "identity"}  # what a proxy has packed would be kept so

    def take(self, response: httpx2.Response, absence: Absence) -> None:
        """Write what one connection brings. Raises Incomplete when it brings something else than the one before."""
        if self.size_bytes and response.status_code != HTTPStatus.PARTIAL_CONTENT:
            raise Incomplete(f"{response.request.url} has changed while it was fetched: fetch it again")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Incomplete(f"what comes from {response.request.url} is packed on its way, unasked: mend the proxy")
        self.etag = response.headers.get("ETag", "")
        length = response.headers.get("Content-Length")
        whole = self.size_bytes + int(length) if length else None
        for piece in response.iter_raw():
            absence.end()
            self._to.write(piece)
            self._hash.update(piece)
            self.size_bytes += len(piece)
            self._on_got(self.size_bytes, whole)

    def check(self, url: str) -> None:
        """Hold what came against the hash that the API told, if it told one. Raises Incomplete."""
        told = self.etag.strip('"')
        if len(told) == 2 * self._hash.digest_size and told != self._hash.hexdigest():
            raise Incomplete(f"what came from {url} is not what was sent: its hash is another")
