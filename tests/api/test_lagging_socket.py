"""A client that does not keep up: sent away with the last id that it got, from which it misses nothing."""

import json

import pytest
from support.frames import CLOSE, WAIT_S, frames, opened, up_to_the_end

from api import EXTENSION
from api.relay.subscription import QUEUED_EVENTS
from api.relay.websocket import PATH, TRY_AGAIN_LATER
from api.room import LOCAL_USER
from triptych.events.event import Event, EventType

LARGE = 2000
MANY = QUEUED_EVENTS + 1000


def an_event(number: int) -> Event:
    note = f"{number} {'x' * LARGE}"
    return Event(EventType.PROGRESS, LOCAL_USER, "job", "text.keywords", 0.0, {"fraction": None, "note": note})


@pytest.fixture
def room(sqlite_client):
    return sqlite_client.application.extensions[EXTENSION]


def tell_more_than_is_queued(room) -> list[str]:
    """Send as many events as no deaf client can be told; return their ids, once the relay has dispatched them."""
    ids: list[str] = []
    with room.hub.attach(LOCAL_USER) as quick:
        for first in range(0, MANY, 100):
            room.store.wire.send(events=[an_event(number) for number in range(first, first + 100)])
            ids += [told.id for _ in range(100) if (told := quick.subscription.next(WAIT_S))]
    return ids


def test_client_that_does_not_keep_up_is_sent_away_with_the_last_id_it_got(sqlite_client, room):
    with opened(sqlite_client, PATH) as connection:
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


def test_client_that_comes_again_with_that_id_misses_nothing(sqlite_client, room):
    with opened(sqlite_client, PATH) as connection:
        said = frames(connection)
        next(said)
        ids = tell_more_than_is_queued(room)
        *texts, (_, closing) = up_to_the_end(said)
    _, _, last = closing[2:].decode().partition("?after=")

    with opened(sqlite_client, f"{PATH}?after={last}") as connection:
        said = frames(connection)
        hello = json.loads(next(said)[1])
        rest = [json.loads(next(said)[1])["id"] for _ in range(MANY - len(texts))]

    assert hello == {"type": "hello", "id": last}
    assert [*(json.loads(text)["id"] for _, text in texts), *rest] == ids
