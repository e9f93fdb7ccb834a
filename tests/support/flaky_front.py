"""A front before a server that hangs up in the middle of answers or of requests, connection by connection."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

PIECE_BYTES = 4096


@dataclass
class FlakyFront:
    """Where it answers, how many connections it has had, and how many bytes of requests it has passed on."""

    url: str
    connections: int = 0
    asked_bytes: int = 0
    holding: threading.Event = field(default_factory=threading.Event)


@contextmanager
def flaky_front(
    url: str, cuts: Sequence[int] = (), *, asks: Sequence[int] = (), holds_at: int | None = None
) -> Iterator[FlakyFront]:
    """Pass on to ``url``.

    Of the first connections each is cut after as many bytes of answers as ``cuts`` says, or of requests as ``asks``
    says, in their order. The connection on which the bytes of all requests become ``holds_at`` passes on no more, and
    stays open.
    """
    server = _Server(("127.0.0.1", 0), _Handler)
    server.front = FlakyFront(f"http://127.0.0.1:{server.server_address[1]}")
    server.behind = ("127.0.0.1", int(urlsplit(url).port or 80))
    server.cuts, server.asks, server.holds = iter(cuts), iter(asks), holds_at
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.front
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    front: FlakyFront
    behind: tuple[str, int]
    cuts: Iterator[int]
    asks: Iterator[int]
    holds: int | None


class _Handler(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        server = self.server
        server.front.connections += 1
        left = next(server.cuts, None)
        ask = next(server.asks, None)
        with socket.create_connection(server.behind) as behind, suppress(OSError):
            threading.Thread(target=self._pass_on, args=(behind, ask), daemon=True).start()
            while piece := behind.recv(PIECE_BYTES if left is None else min(PIECE_BYTES, left)):
                self.request.sendall(piece)
                if left is not None:
                    left -= len(piece)
                    if not left:
                        return

    def _pass_on(self, behind: socket.socket, cut: int | None) -> None:
        """Pass on what is asked, until it is cut or held."""
        front, passed = self.server.front, 0
        with suppress(OSError):
            while piece := self.request.recv(PIECE_BYTES):
                behind.sendall(piece)
                passed += len(piece)
                front.asked_bytes += len(piece)
                if self.server.holds is not None and front.asked_bytes >= self.server.holds:
                    self.server.holds = None
                    front.holding.set()
                    while self.request.recv(PIECE_BYTES):  # swallows the rest, until the client is gone
                        pass
                    break
                if cut is not None and passed >= cut:
                    self.request.shutdown(socket.SHUT_RDWR)
                    break
            behind.shutdown(socket.SHUT_WR)
