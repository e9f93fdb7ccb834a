"""A front before a server that hangs up after so many bytes of an answer, connection by connection."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

PIECE_BYTES = 4096


@dataclass
class FlakyFront:
    """Where it answers, and how many connections it has had."""

    url: str
    connections: int = 0


@contextmanager
def flaky_front(url: str, cuts: Sequence[int]) -> Iterator[FlakyFront]:
    """Pass on to ``url``; of the first connections each is cut after as many bytes as ``cuts`` says, in their order."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.front = FlakyFront(f"http://127.0.0.1:{server.server_address[1]}")
    server.behind = ("127.0.0.1", int(urlsplit(url).port or 80))
    server.cuts = iter(cuts)
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


class _Handler(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.front.connections += 1
        left = next(self.server.cuts, None)
        with socket.create_connection(self.server.behind) as behind, suppress(OSError):
            threading.Thread(target=_pass_on, args=(self.request, behind), daemon=True).start()
            while piece := behind.recv(PIECE_BYTES if left is None else min(PIECE_BYTES, left)):
                self.request.sendall(piece)
                if left is not None:
                    left -= len(piece)
                    if not left:
                        return


def _pass_on(client: socket.socket, behind: socket.socket) -> None:
    with suppress(OSError):
        while piece := client.recv(PIECE_BYTES):
            behind.sendall(piece)
        behind.shutdown(socket.SHUT_WR)
