"""Users that ask in time: every request is counted under its name, whatever becomes of it."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from bench.http import told
from bench.paced import Request, ask_in_time


@pytest.fixture
def picky_url() -> Iterator[str]:
    """A server that refuses what is at /no, and closes each connection when it has answered at /once."""

    class Picky(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/no" else 200)
            self.send_header("Content-Length", "0")
            if self.path == "/once":
                self.send_header("Connection", "close")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Picky) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_requests_are_counted_by_name_and_those_refused_apart(picky_url: str) -> None:
    asked = [Request("yes", "GET", "/"), Request("no", "GET", "/no"), Request("once", "GET", "/once")] * 4

    taken, refused = ask_in_time(picky_url, asked, users=3, a_second=1000)

    assert {name: len(times) for name, times in taken.items()} == {"yes": 4, "once": 4}
    assert [one.partition(":")[0] for one in refused] == ["no"] * 4


def test_slowest_endpoint_is_told_first_behind_all_of_them() -> None:
    table = told("here", {"quick": [0.001] * 10, "slow": [0.05] * 10}, ["no: 404"])

    assert [row[0] for row in table.rows] == ["all", "slow", "quick"]
    assert table.rows[1] == ("slow", 10, 50.0, 50.0, 0.5)
    assert "1 refused" in table.title
