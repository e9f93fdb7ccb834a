"""A small HTTP server on 127.0.0.1 that gives one answer after another, and keeps what it was asked."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; ``claims_bytes`` is the length that it claims, where it hangs up before that."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    claims_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Scripted:
    """Where it answers, and what it was asked so far."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def scripted(*answers: Answer, tls: SSLContext | None = None) -> Iterator[Scripted]:
    """Give the ``answers`` in turn, and the last of them again and again; over TLS, if there is any."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.answers = list(answers)
    server.script = Scripted(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    answers: Sequence[Answer]
    script: Scripted


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        asked = self.server.script.asked
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.server.answers[min(len(asked), len(self.server.answers) - 1)]
        asked.append(Asked(self.command, self.path, dict(self.headers), body))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header(
            "Content-Length", str(len(answer.body) if answer.claims_bytes is None else answer.claims_bytes)
        )
        self.end_headers()
        self.wfile.write(answer.body)
        self.close_connection = answer.claims_bytes is not None or self.close_connection

    def log_message(self, *_: object) -> None:
        """Say nothing."""
