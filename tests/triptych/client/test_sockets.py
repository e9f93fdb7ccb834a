"""A WebSocket that breaks is told to whoever sends and to whoever receives."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

import httpx2
import pytest

from triptych.client import Unreachable
from triptych.client.sockets import Socket, open_session

UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
LONGEST_S = 30  # a bound for what hangs, never what is measured


@contextmanager
def silent_server() -> Iterator[str]:
    """Something that takes a WebSocket, and neither says anything on it nor ever closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        listener.settimeout(LONGEST_S)
        taken = pool.submit(_take, listener)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            taken.result().close()


def _take(listener: socket.socket) -> socket.socket:
    connection, _ = listener.accept()
    connection.settimeout(LONGEST_S)
    connection.recv(65536)
    connection.sendall(UPGRADED)
    return connection


def test_who_waits_for_words_is_told_when_sending_found_the_connection_broken() -> None:
    told = Event()

    def receive(one: Socket) -> None:
        with pytest.raises(Unreachable):
            one.receive()
        told.set()

    with silent_server() as url, httpx2.Client(base_url=url) as http, open_session(http, "/") as session:
        one = Socket(url, session)
        Thread(target=receive, args=(one,), daemon=True).start()
        session.stream.get_extra_info("socket").shutdown(socket.SHUT_WR)

        with pytest.raises(Unreachable):
            one.send("hello")

        assert told.wait(LONGEST_S)
