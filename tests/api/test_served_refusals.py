"""Requests that gunicorn sees before we do, and bodies that nobody wants, under the real server."""

import json
import socket
from contextlib import closing

import pytest

from api.bodies.rest import LINGER_BYTES

pytestmark = pytest.mark.stack
WAIT_S = 30
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


def head(served, *more: str, first: str = "POST /api/v1/jobs") -> bytes:
    lines = [f"{first} HTTP/1.1", f"Host: localhost:{served.port}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def answer_to(served, request: bytes) -> bytes:
    """What the server says before it closes the connection or falls silent."""
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=WAIT_S)) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def send_on(connection: socket.socket) -> None:
    """Send far more than the server lingers for."""
    for _ in range(100 * LINGER_BYTES // len(CHUNK)):
        connection.sendall(CHUNK)


def test_refused_body_without_an_end_is_cut_off(served):
    request = head(served, "Origin: http://evil.example", "Transfer-Encoding: chunked")

    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=WAIT_S)) as connection:
        connection.sendall(request)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            send_on(connection)


@pytest.mark.parametrize("body", [b"ZZ\r\nabc\r\n", b"-1\r\n\r\n", b"3\r\nabcdef\r\n0\r\n\r\n"])
def test_broken_chunks_are_the_clients_mistake(served, body):
    answer = answer_to(served, head(served, "Content-Type: application/json", "Transfer-Encoding: chunked") + body)

    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("first", "more", "status"),
    [
        (f"GET /api/v1/jobs?cursor={'a' * 9000}", (), 414),
        ("GET /api/v1/jobs", (f"X-Long: {'a' * 9000}",), 431),
        ("GET /api/v1/jobs", ("no header",), 400),
        ("what is this", (), 400),
    ],
)
def test_what_is_no_request_is_told_as_a_problem(served, first, more, status):
    answer = answer_to(served, head(served, *more, first=first))

    top, _, body = answer.partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert top.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Content-Type: application/problem+json" in top
    assert (problem["status"], problem["code"]) == (status, "bad_request")


def test_question_that_no_address_holds_is_told_what_takes_it(served):
    search = "/api/v1/memory/search"
    taken = answer_to(served, head(served, first=f"GET {search}?q={'a' * 4000}"))
    refused = answer_to(served, head(served, first=f"GET {search}?q={'a' * 4100}"))
    posted = json.dumps({"text": "a" * 4100}).encode()
    by_post = head(served, "Content-Type: application/json", f"Content-Length: {len(posted)}", first=f"POST {search}")

    assert taken.startswith(b"HTTP/1.1 200 ")
    assert refused.startswith(b"HTTP/1.1 414 ")
    assert b"by POST" in refused.partition(b"\r\n\r\n")[2]
    assert answer_to(served, by_post + posted).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("first", "more", "status"),
    [
        ("GET /api/v1/socket", ("Sec-WebSocket-Version: 13",), b"400"),
        ("GET /api/v1/socket", ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 99"), b"400"),
        ("HEAD /api/v1/socket", ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"), b"405"),
    ],
)
def test_broken_handshake_is_refused_before_the_upgrade(served, first, more, status):
    answer = answer_to(served, head(served, "Connection: Upgrade", "Upgrade: websocket", *more, first=first))

    assert answer.startswith(b"HTTP/1.1 " + status)
