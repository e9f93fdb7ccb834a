"""A fast client waits: no more is read from it than is taken."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import pytest

from api.relay.paced_socket import MOST_AHEAD, PacedSocket

WAIT_S = 30
SOON_S = 0.2


@pytest.fixture
def ends() -> Iterator[tuple[PacedSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield PacedSocket(ours), theirs


def test_nothing_is_read_while_enough_is_waiting_and_more_once_it_is_taken(ends):
    paced, client = ends
    waiting: list[str | bytes] = [b"message"] * MOST_AHEAD
    paced.pace(waiting)
    client.sendall(b"more")

    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(paced.recv, 100)
        with pytest.raises(StillWaiting):
            read.result(SOON_S)
        waiting.pop()
        paced.taken()

        assert read.result(WAIT_S) == b"more"


@pytest.mark.parametrize("let_go", [PacedSocket.cut, PacedSocket.release])
def test_reader_that_waits_is_let_go_at_the_end(ends, let_go):
    paced, client = ends
    paced.pace([b"message"] * MOST_AHEAD)
    client.sendall(b"last")

    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(paced.recv, 100)
        let_go(paced)

        assert read.result(WAIT_S) in (b"last", b"")
