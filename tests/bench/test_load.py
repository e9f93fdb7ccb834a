"""A load of many keep-alive clients counts what was accepted and what was refused."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from bench.load import put_load


@pytest.fixture
def picky_url() -> Iterator[str]:
    """A server that refuses every body that says no."""

    class Picky(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(422 if body == b"no" else 202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Picky) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/jobs"
        server.shutdown()


def test_accepted_and_refused_requests_are_counted(picky_url: str) -> None:
    bodies = iter([b"yes", b"no"] * 10)

    load = put_load(picky_url, bodies, requests=20, connections=4)

    assert (len(load.seconds), load.refused) == (10, 10)


def test_load_that_is_refused_altogether_is_an_error(picky_url: str) -> None:
    bodies = iter([b"no"] * 4)

    with pytest.raises(RuntimeError, match="every request was refused"):
        put_load(picky_url, bodies, requests=4, connections=2)
