"""A proxy as the worse ones are: it takes no body beyond a limit, and hangs up in the middle of some."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from socket import create_connection, socket
from socketserver import StreamRequestHandler, ThreadingTCPServer

PIECE_BYTES = 64 * 1024
REFUSAL = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class MeanProxy:
    """Where it listens, whom it speaks for (``target_port``, which may change), and what it did."""

    def __init__(self, port: int, target_port: int, limit_bytes: int, cuts: Sequence[int]) -> None:
        self.port, self.target_port, self.limit_bytes = port, target_port, limit_bytes
        self.refused = self.cut = self.passed_bytes = 0
        self._cuts = sorted(cuts)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def hang_up(self, *cuts: int) -> None:
        """Hang up at these cuts too."""
        with self._lock:
            self._cuts = sorted([*self._cuts, *cuts])

    def passes(self, size_bytes: int) -> bool:
        """Count what is passed on; False where it is to hang up, as soon as the next of the cuts is reached."""
        with self._lock:
            self.passed_bytes += size_bytes
            if not self._cuts or self.passed_bytes < self._cuts[0]:
                return True
            self._cuts.pop(0)
            self.cut += 1
            return False


@contextmanager
def mean_proxy(target_port: int, limit_bytes: int, cuts: Sequence[int] = ()) -> Iterator[MeanProxy]:
    """Pass requests on to ``target_port`` of the loopback during the block, one a connection.

    A body of more than ``limit_bytes`` is refused. Each time that as many bytes of bodies have been passed on as one of
    ``cuts`` says, both connections are closed in the middle of one.
    """
    server = ThreadingTCPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    proxy = MeanProxy(server.server_address[1], target_port, limit_bytes, cuts)
    server.proxy = proxy  # type: ignore[attr-defined]  # the handler's only way to it
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(StreamRequestHandler):
    def handle(self) -> None:
        proxy: MeanProxy = self.server.proxy  # type: ignore[attr-defined]  # as above
        lines = list(iter(self.rfile.readline, b"\r\n"))
        if not lines or not lines[-1].endswith(b"\r\n"):
            return
        names = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        length = int(names.get(b"content-length", b"0"))
        if length > proxy.limit_bytes:
            proxy.refused += 1
            self.wfile.write(REFUSAL)
            return
        with suppress(OSError), create_connection(("127.0.0.1", proxy.target_port)) as target:
            head = [lines[0], *(line for line in lines[1:] if not line.lower().startswith(b"connection:"))]
            target.sendall(b"".join(head) + b"Connection: close\r\n\r\n")
            if self._passed(proxy, target, length):
                while piece := target.recv(PIECE_BYTES):
                    self.wfile.write(piece)

    def _passed(self, proxy: MeanProxy, target: socket, length: int) -> bool:
        """Pass the body on; False where it was cut."""
        while length:
            piece = self.rfile.read1(min(length, PIECE_BYTES))
            if not piece:
                return False
            target.sendall(piece)
            length -= len(piece)
            if not proxy.passes(len(piece)):
                return False
        return True
