"""A client that does not keep up: sent away with the last id that it got, from which it misses nothing."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from api import EXTENSION
from api.relay.subscription import QUEUED_EVENTS
from api.relay.websocket import PATH, TRY_AGAIN_LATER
from api.room import LOCAL_USER
from triptych.events.event import Event, EventType

WAIT_S = 30
CLOSE = 0x8
LONG = 126  # the length stands in the next two bytes
LARGE = 2000
MANY = QUEUED_EVENTS + 1000


def an_event(number: int) -> Event:
    note = f"{number} {'x' * LARGE}"
    return Event(EventType.PROGRESS, LOCAL_USER, "job", "text.keywords", 0.0, {"fraction": None, "note": note})


@pytest.fixture
def room(sqlite_client):
    return sqlite_client.application.extensions[EXTENSION]


@contextmanager
def opened(client, query=""):
    """The client's end of a WebSocket that the application serves in a thread; little fits in between."""
    ours, theirs = socket.socketpair()
    ours.settimeout(WAIT_S)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    with ThreadPoolExecutor(1) as server, theirs, ours:
        serving = server.submit(serve, client.application.test_client(), f"{PATH}{query}", theirs)
        yield ours
        ours.shutdown(socket.SHUT_RDWR)
        assert serving.result(WAIT_S) == 200


def serve(client, url: str, connection: socket.socket) -> int:
    headers = {
        "Host": "localhost",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
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


def tell_more_than_is_queued(room) -> list[str]:
    """Send as many events as no deaf client can be told; return their ids, once the relay has dispatched them."""
    ids: list[str] = []
    with room.hub.attach(LOCAL_USER) as quick:
        for first in range(0, MANY, 100):
            room.store.wire.send(events=[an_event(number) for number in range(first, first + 100)])
            ids += [told.id for _ in range(100) if (told := quick.subscription.next(WAIT_S))]
    return ids


def test_client_that_does_not_keep_up_is_sent_away_with_the_last_id_it_got(sqlite_client, room):
    with opened(sqlite_client) as connection:
        said = frames(connection)
        hello = json.loads(next(said)[1])
        ids = tell_more_than_is_queued(room)
        *texts, (kind, closing) = up_to_the_end(said)

    told = [json.loads(text)["id"] for _, text in texts]
    assert hello["type"] == "hello"
    assert told == ids[: len(told)]
    assert len(told) < MANY
    assert (kind, int.from_bytes(closing[:2])) == (CLOSE, TRY_AGAIN_LATER)
    assert closing[2:].decode() == f"too slow: come again with ?after={told[-1]}"


def up_to_the_end(said: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The frames up to the closing one, with it."""
    for kind, content in said:
        yield kind, content
        if kind == CLOSE:
            return


def test_client_that_comes_again_with_that_id_misses_nothing(sqlite_client, room):
    with opened(sqlite_client) as connection:
        said = frames(connection)
        next(said)
        ids = tell_more_than_is_queued(room)
        *texts, (_, closing) = up_to_the_end(said)
    _, _, last = closing[2:].decode().partition("?after=")

    with opened(sqlite_client, f"?after={last}") as connection:
        said = frames(connection)
        hello = json.loads(next(said)[1])
        rest = [json.loads(next(said)[1])["id"] for _ in range(MANY - len(texts))]

    assert hello == {"type": "hello", "id": last}
    assert [*(json.loads(text)["id"] for _, text in texts), *rest] == ids
