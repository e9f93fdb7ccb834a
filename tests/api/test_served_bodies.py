"""Bodies of known length under the real server: read to their end and not a byte further."""

import json
import shutil
import socket
from contextlib import closing

import pytest
from support.api_process import served_api

from triptych.settings import Settings

pytestmark = pytest.mark.stack
WAIT_S = 30
LARGE = b"many words " * 500_000


@pytest.fixture(scope="module")
def served(tmp_path_factory, migrated_sqlite, redis_url):
    home = tmp_path_factory.mktemp("home")
    shutil.copy(migrated_sqlite, home / "triptych.db")
    with served_api(Settings(home=home, redis_url=redis_url)) as api:
        yield api, home


def upload(served, body: bytes, *, length: int | None = None, close: bool = False) -> bytes:
    lines = [
        "POST /api/v1/files?name=words.txt HTTP/1.1",
        f"Host: localhost:{served[0].port}",
        "Content-Type: text/plain",
        f"Content-Length: {len(body) if length is None else length}",
        *(["Connection: close"] if close else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answers_to(served, sent: bytes) -> list[tuple[int, dict]]:
    """Status and JSON of every answer on one connection, on which nothing more is sent."""
    with closing(socket.create_connection(("127.0.0.1", served[0].port), timeout=WAIT_S)) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    told = [one.split(b"\r\n\r\n", 1) for one in received.split(b"HTTP/1.1 ")[1:]]
    return [(int(head[:3]), json.loads(body)) for head, body in told]


def test_requests_sent_behind_one_another_are_all_answered(served):
    sent = [b"first", LARGE, b"third"]

    answers = answers_to(served, b"".join(upload(served, body, close=body == b"third") for body in sent))

    assert [(status, file["size_bytes"]) for status, file in answers] == [(201, len(body)) for body in sent]


def test_body_that_ends_early_is_refused_and_leaves_nothing(served):
    [(status, problem)] = answers_to(served, upload(served, LARGE, length=len(LARGE) + 1))

    assert (status, problem["code"]) == (400, "bad_request")
    assert list((served[1] / "blobs" / "incoming").iterdir()) == []
