"""A small server on 127.0.0.1 that speaks as the Hugging Face hub does: files of one repository by commit, and tags."""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a"


@dataclass
class Repository:
    """What is published, what is large enough to lie elsewhere, and how the hub misbehaves; ``asked`` counts from 0.

    ``altered``: files that come with other bytes than were stated. ``breaks_off_after``: bytes of a first answer.
    """

    name: str
    files: Mapping[str, bytes]
    large: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()
    altered: frozenset[str] = frozenset()
    breaks_off_after: int | None = None
    status: int = 200
    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def hub_of(repository: Repository) -> Iterator[Repository]:
    """Publish ``repository`` for the block; its ``url`` tells where."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.repository = repository  # type: ignore[attr-defined]  # the handler's only way to it
    repository.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, *, with_body: bool) -> None:
        repository: Repository = self.server.repository  # type: ignore[attr-defined]  # as above
        repository.asked.append(f"{self.command} {self.path} {self.headers['Range'] or ''}".strip())
        place, _, name = self.path.removeprefix(f"/{repository.name}/resolve/").partition("/")
        if repository.status != 200:
            self.send_error(repository.status)
        elif self.path.startswith("/elsewhere/"):
            self._send(repository, self.path.removeprefix("/elsewhere/"), with_body=with_body)
        elif name not in repository.files or place not in ("main", COMMIT):
            self.send_error(404)
        elif name in repository.large:
            self.send_response(302)
            self.send_header("X-Linked-Etag", f'"{hashlib.sha256(repository.files[name]).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Location", f"{repository.url.replace('127.0.0.1', 'localhost')}/elsewhere/{name}")
            self.end_headers()
        else:
            self._send(repository, name, with_body=with_body)

    def _send(self, repository: Repository, name: str, *, with_body: bool) -> None:
        content = repository.files[name]
        blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
        body = content[::-1] if name in repository.altered else content
        begin = int((self.headers["Range"] or "bytes=0-")[6:-1])
        self.send_response(206 if begin else 200)
        if name not in repository.untold:
            self.send_header("ETag", f'W/"{blob}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(body) - begin))
        self.end_headers()
        if not with_body:
            return
        if name in repository.large and repository.breaks_off_after is not None:
            body, repository.breaks_off_after = body[: repository.breaks_off_after], None
        self.wfile.write(body[begin:])
