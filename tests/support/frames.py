"""A WebSocket of the application in this process: frames as they come, and a server's thread at the other end."""

import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from flask.testing import FlaskClient

WAIT_S = 30  # a bound for a hung server, never what is measured
CLOSE = 0x8
LONG = 126  # the length stands in the next two bytes
HANDSHAKE = {
    "Host": "localhost",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@contextmanager
def opened(client: FlaskClient, url: str, headers: Mapping[str, str] | None = None) -> Iterator[socket.socket]:
    """The client's end of a WebSocket that the application serves in a thread; little fits in between."""
    ours, theirs = socket.socketpair()
    ours.settimeout(WAIT_S)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    with ThreadPoolExecutor(1) as server, theirs, ours:
        serving = server.submit(
            _serve, client.application.test_client(use_cookies=False), url, {**HANDSHAKE, **(headers or {})}, theirs
        )
        yield ours
        ours.shutdown(socket.SHUT_RDWR)
        assert serving.result(WAIT_S) == 200


def _serve(client: FlaskClient, url: str, headers: Mapping[str, str], connection: socket.socket) -> int:
    return client.get(url, headers=headers, environ_overrides={"werkzeug.socket": connection}).status_code


def frames(connection: socket.socket) -> Iterator[tuple[int, bytes]]:
    """What the server says after its handshake: the kind of each frame, and what is in it."""
    with connection.makefile("rb") as incoming:
        while incoming.readline() not in (b"\r\n", b""):
            pass
        while head := incoming.read(2):
            size = head[1] & 0x7F
            if size == LONG:
                size = int.from_bytes(incoming.read(2))
            yield head[0] & 0x0F, incoming.read(size)


def up_to_the_end(said: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The frames up to the closing one, with it."""
    for kind, content in said:
        yield kind, content
        if kind == CLOSE:
            return
