"""Connections end with what they were opened by: a key, a session, an account or its role."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from support.accounts import acting, an_account, house_settings, key_headers, signed_in, without_jar
from support.frames import CLOSE, WAIT_S, frames, opened, up_to_the_end
from support.running import finish
from support.stores import HandClock
from support.until import until

from api import EXTENSION
from api.relay.hub import Hub
from api.relay.standing import Standing
from api.relay.subscription import Dismissed
from api.relay.websocket import PATH
from triptych.accounts.keys import list_keys, revoke_key
from triptych.accounts.sessions import end_sessions
from triptych.accounts.standing import Guest
from triptych.accounts.users import change_user
from triptych.accounts.values import Role
from triptych.database import open_database
from triptych.wire import Wire, connect

JOBS = "/api/v1/jobs"
ASKED = {"pipeline": "text.keywords", "text": "words"}


@pytest.fixture
def clock(sqlite_store):
    return HandClock(sqlite_store.clock())


@pytest.fixture
def timed(sqlite_store, clock):
    """The store by the test's clock."""
    return replace(sqlite_store, clock=clock)


@pytest.fixture
def house(settings, timed, make_client):
    return without_jar(make_client(house_settings(settings), timed))


@pytest.fixture
def room(house):
    return house.application.extensions[EXTENSION]


@pytest.fixture
def ada(timed):
    return an_account(timed, "ada")


@pytest.fixture
def by_key(timed, ada):
    return key_headers(timed, ada)


def attached(room):
    """Wait until somebody is attached."""
    until(lambda: room.hub.clients)


def revoke(store, user):
    [key] = list_keys(store, user.id)
    revoke_key(store, user.id, acting(user), key.id)


def closing_of(room, client, headers, meanwhile):
    """What a socket with these headers is told at its end, and with which code, if ``meanwhile`` happens."""
    with opened(client, PATH, headers) as connection:
        said = frames(connection)
        next(said)
        meanwhile()
        room.standing.look()
        *_, (_, told), (kind, closing) = up_to_the_end(said)
    assert kind == CLOSE
    return json.loads(told)["problem"]["code"], int.from_bytes(closing[:2])


def test_a_socket_ends_with_its_key(house, room, timed, ada, by_key):
    assert closing_of(room, house, by_key, lambda: revoke(timed, ada)) == ("unauthenticated", 4401)


def test_a_socket_ends_when_its_key_was_said_to(house, room, timed, ada, clock):
    headers = key_headers(timed, ada, expires_at=clock() + 60)

    assert closing_of(room, house, headers, lambda: clock.forward(60)) == ("unauthenticated", 4401)


def test_a_socket_ends_with_its_session(house, room, timed, ada):
    headers = signed_in(timed, ada).headers

    told = closing_of(room, house, headers, lambda: end_sessions(timed, ada.id, acting(ada)))

    assert told == ("unauthenticated", 4401)


def test_a_socket_ends_when_its_session_has_lasted_long_enough(house, room, timed, ada, clock):
    headers = signed_in(timed, ada).headers

    told = closing_of(room, house, headers, lambda: clock.forward(timed.settings.session_s))

    assert told == ("unauthenticated", 4401)


def test_a_socket_ends_with_the_account(house, room, timed, ada, by_key):
    told = closing_of(room, house, by_key, lambda: change_user(timed, acting(ada), ada.id, {"disabled": True}))

    assert told == ("unauthenticated", 4401)


def test_a_socket_outlasts_what_happens_to_others_and_a_session_that_nobody_uses(house, room, timed, ada, clock):
    eve = an_account(timed, "eve")
    eves, headers = key_headers(timed, eve), signed_in(timed, ada).headers

    with opened(house, PATH, headers) as connection, opened(house, PATH, eves) as other:
        said, others = frames(connection), frames(other)
        next(said), next(others)
        revoke(timed, eve)
        clock.forward(timed.settings.session_idle_s + 1)
        room.standing.look()
        *_, (kind, _) = up_to_the_end(others)
        room.hub.stop()
        _, closing = next(said)

    assert kind == CLOSE
    assert int.from_bytes(closing[:2]) == 1001


def test_whoever_waits_for_a_job_is_refused_when_their_key_is_gone(house, room, timed, ada, by_key):
    job = house.post(JOBS, json=ASKED, headers=by_key).get_json()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(without_jar(house).get, f"{JOBS}/{job['id']}?wait=50", headers=by_key)
        attached(room)
        revoke(timed, ada)
        room.standing.look()
        answer = waiting.result(WAIT_S)

    assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated")
    assert "WWW-Authenticate" in answer.headers


def test_whoever_waits_for_the_job_they_ask_for_is_refused_when_they_may_not_ask_any_more(house, room, timed, ada):
    headers = key_headers(timed, ada)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(without_jar(house).post, f"{JOBS}?wait=50", json=ASKED, headers=headers)
        attached(room)
        change_user(timed, acting(ada), ada.id, {"role": Role.VIEWER})
        room.standing.look()
        answer = waiting.result(WAIT_S)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    assert len(house.get(JOBS, headers=headers).get_json()["items"]) == 1


def test_a_stream_of_events_ends_with_its_key_and_says_why(house, room, timed, ada, by_key):
    job = house.post(JOBS, json=ASKED, headers=by_key).get_json()

    with house.get(f"{JOBS}/{job['id']}/events", headers=by_key) as response:
        coming = response.iter_encoded()
        next(coming)
        revoke(timed, ada)
        room.standing.look()
        rest = b"".join(coming).decode()

    kind, told = rest.splitlines()[:2]
    assert (kind, json.loads(told.removeprefix("data: "))["problem"]["status"]) == ("event: refused", 401)
    assert "id:" not in rest


def test_a_stream_that_has_much_to_tell_ends_as_soon(house, room, timed, ada, by_key):
    job = house.post(JOBS, json=ASKED, headers=by_key).get_json()

    with house.get(f"{JOBS}/{job['id']}/events", headers=by_key) as response:
        coming = response.iter_encoded()
        next(coming)
        finish(timed, job["id"])
        with room.hub.attach(ada.id) as quick:  # what it is told of next, the stream was told of before
            house.post(JOBS, json=ASKED, headers=by_key)
            quick.subscription.next(WAIT_S)
        revoke(timed, ada)
        room.standing.look()
        rest = b"".join(coming).decode()

    assert rest.startswith("event: refused")


def test_a_role_that_is_lowered_ends_what_takes_more_and_nothing_else(room, timed, ada, by_key):
    [key] = list_keys(timed, ada.id)
    reads, writes = (Guest(key.id, None, role) for role in (Role.VIEWER, Role.MEMBER))

    with room.standing.attach(ada.id, None, reads) as reading, room.standing.attach(ada.id, None, writes) as writing:
        change_user(timed, acting(ada), ada.id, {"role": Role.VIEWER})
        room.standing.look()

        assert reading.subscription.next(0) is None
        with pytest.raises(Dismissed, match="the role member, and yours is now viewer"):
            writing.subscription.next(0)


def test_nobody_is_sent_away_for_a_database_that_does_not_answer(sqlite_store, tmp_path, settings):
    away = replace(sqlite_store, database=open_database(f"sqlite:///{tmp_path}"))  # a folder, which no SQLite opens
    hub = Hub(Wire(connect(settings.redis)))
    standing = Standing(away, hub)

    with standing.attach("ada", None, Guest("key", None, Role.VIEWER)) as attached:
        standing.look()
        told = attached.subscription.next(0)
    hub.stop()
    away.database.close()

    assert told is None


def test_guests_are_looked_after_without_being_asked(sqlite_store, settings):
    hub = Hub(Wire(connect(settings.redis)))
    standing = Standing(sqlite_store, hub, look_s=0.01)

    unknown = Guest("a key that is none", None, Role.VIEWER)
    with standing.attach("ada", None, unknown) as attached, pytest.raises(Dismissed, match="no more"):
        attached.subscription.next(WAIT_S)
    hub.stop()


def test_nobody_is_asked_for_in_local_mode(sqlite_client, new_job):
    job = new_job()
    room = sqlite_client.application.extensions[EXTENSION]

    with sqlite_client.get(f"{JOBS}/{job['id']}/events"):
        guests = room.hub.guests()

    assert guests == set()
