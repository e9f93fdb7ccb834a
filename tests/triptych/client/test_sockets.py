"""A WebSocket that breaks is told to whoever sends and to whoever receives."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2
import pytest

from triptych.client import Unreachable
from triptych.client.sockets import Socket, open_session

UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


@contextmanager
def silent_server() -> Iterator[str]:
    """Something that takes a WebSocket, and neither says anything on it nor ever closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        taken = pool.submit(_take, listener)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        taken.result().close()


def _take(listener: socket.socket) -> socket.socket:
    connection, _ = listener.accept()
    connection.recv(65536)
    connection.sendall(UPGRADED)
    return connection


def test_who_waits_for_words_is_told_when_sending_found_the_connection_broken() -> None:
    with (
        silent_server() as url,
        httpx2.Client(base_url=url) as http,
        open_session(http, "/") as session,
        ThreadPoolExecutor(1) as pool,
    ):
        one = Socket(url, session)
        heard = pool.submit(one.receive)
        session.stream.get_extra_info("socket").shutdown(socket.SHUT_WR)

        with pytest.raises(Unreachable):
            one.send("hello")

        with pytest.raises(Unreachable):
            heard.result()
