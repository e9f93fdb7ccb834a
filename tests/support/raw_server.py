"""A small server on 127.0.0.1 that answers with given bytes, whether or not they are HTTP, and hangs up."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Give ``answer`` to whoever asks during the block; yields the URL to ask at."""
    server = ThreadingTCPServer(("127.0.0.1", 0), _Handler)
    server.answer = answer  # type: ignore[attr-defined]  # the handler's only way to it
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(StreamRequestHandler):
    def handle(self) -> None:
        body_bytes = 0
        while line := self.rfile.readline().strip():  # the request, so that nothing unread resets the connection
            name, _, value = line.partition(b":")
            body_bytes = int(value) if name.lower() == b"content-length" else body_bytes
        self.rfile.read(body_bytes)
        self.wfile.write(self.server.answer)  # type: ignore[attr-defined]  # as above
