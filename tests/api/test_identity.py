"""Who asks is found out before anything else: by a session's cookie, by a key, or nobody is let in."""

from dataclasses import replace

import pytest
from sqlalchemy.event import listens_for
from support.accounts import COOKIE, an_account, code_of, house_settings, key_headers, signed_in, without_jar
from support.stores import HandClock

from triptych.accounts.values import Role

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
    """A house where people sign in."""
    return without_jar(make_client(house_settings(settings), timed))


def test_whoever_shows_nothing_is_told_how(house):
    response = house.get(JOBS)

    assert (response.status_code, response.get_json()["code"]) == (401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="triptych"'


@pytest.mark.parametrize("url", ["/health/live", "/openapi.json", "/docs"])
def test_what_everybody_may_know_is_told(house, url):
    assert house.get(url).status_code == 200


def test_a_socket_is_refused_before_it_opens(house):
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x"}

    assert code_of(house, "GET", "/api/v1/socket", upgrade) == (401, "unauthenticated")
    assert code_of(house, "GET", "/api/v1/listen", upgrade) == (401, "unauthenticated")


def test_each_sees_their_own(house, timed):
    ada, bob = an_account(timed, "ada"), an_account(timed, "bob")
    made = house.post(JOBS, json=ASKED, headers=signed_in(timed, ada).headers).get_json()

    hers = house.get(JOBS, headers=key_headers(timed, ada)).get_json()["items"]
    his = house.get(JOBS, headers=key_headers(timed, bob)).get_json()["items"]

    assert [one["id"] for one in hers] == [made["id"]]
    assert his == []


def test_session_tells_who_asks(house, timed):
    ada = an_account(timed, role=Role.ADMIN)

    told = house.get("/api/v1/session", headers=signed_in(timed, ada).headers).get_json()

    assert told["user"] == {"id": ada.id, "email": "ada@triptych.example", "name": "Ada", "role": "admin"}
    assert (told["mode"], len(told["scopes"]), len(told["csrf_token"])) == ("accounts", 18, 64)


def test_cookie_alone_changes_nothing(house, timed):
    session = signed_in(timed, an_account(timed))
    alone = {"Cookie": f"{COOKIE}={session.token}"}

    assert code_of(house, "POST", JOBS, alone, json=ASKED) == (403, "bad_csrf_token")
    assert code_of(house, "POST", JOBS, {**alone, "X-CSRF-Token": "ä"}, json=ASKED) == (403, "bad_csrf_token")
    assert code_of(house, "GET", JOBS, alone) == (200, "")
    assert house.get(JOBS, headers=alone).get_json()["items"] == []


def test_a_key_needs_no_csrf_token_and_only_what_it_is_for(house, timed):
    reads = key_headers(timed, an_account(timed), "jobs:read")

    assert code_of(house, "GET", JOBS, reads) == (200, "")
    assert code_of(house, "POST", JOBS, reads, json=ASKED) == (403, "forbidden")
    assert code_of(house, "GET", "/api/v1/files", reads) == (403, "forbidden")


ALL_THAT_IS_ONES_OWN = ("memory", "files", "jobs", "conversations")


@pytest.mark.parametrize("missing", ALL_THAT_IS_ONES_OWN)
@pytest.mark.parametrize(("way", "method", "done"), [("export", "GET", 200), ("import", "POST", 422)])
def test_an_archive_takes_a_key_for_all_that_is_in_it(house, timed, missing, way, method, done):
    kind, url = {"export": "read", "import": "write"}[way], f"/api/v1/memory/{way}"
    ada = an_account(timed)
    nearly = key_headers(timed, ada, *(f"{area}:{kind}" for area in ALL_THAT_IS_ONES_OWN if area != missing))
    wholly = key_headers(timed, ada, *(f"{area}:{kind}" for area in ALL_THAT_IS_ONES_OWN))

    response = house.open(url, method=method, headers=nearly, data=b"no archive" if method == "POST" else None)
    answered = house.open(url, method=method, headers=wholly, data=b"no archive" if method == "POST" else None)

    assert (response.status_code, f"{missing}:{kind}" in response.text) == (403, True)
    assert answered.status_code == done
    answered.close()


@pytest.mark.parametrize("given", ["Bearer tri_nothing", "Bearer", "Bearer ä", "Basic YWRhOmFkYQ=="])
def test_a_key_that_is_none_is_refused(house, given):
    assert code_of(house, "GET", JOBS, {"Authorization": given}) == (401, "unauthenticated")


def test_a_key_that_is_nearly_one_is_refused(house, timed):
    headers = key_headers(timed, an_account(timed))
    last = headers["Authorization"][-1]

    nearly = headers["Authorization"][:-1] + ("A" if last != "A" else "B")

    assert code_of(house, "GET", JOBS, headers) == (200, "")
    assert code_of(house, "GET", JOBS, {"Authorization": nearly}) == (401, "unauthenticated")


def test_a_key_ends_when_it_was_said_to(house, timed, clock):
    headers = key_headers(timed, an_account(timed), expires_at=clock() + 60)
    before = code_of(house, "GET", JOBS, headers)

    clock.forward(60)

    assert before == (200, "")
    assert code_of(house, "GET", JOBS, headers) == (401, "unauthenticated")


def test_a_session_that_is_not_used_ends(house, timed, clock):
    headers = signed_in(timed, an_account(timed)).headers
    days = timed.settings.session_idle_s

    answers = []
    for pause_s in (days - 1, days - 1, days):
        clock.forward(pause_s)
        answers.append(house.get(JOBS, headers=headers).status_code)

    assert answers == [200, 200, 401]


def test_a_session_that_is_used_ends_too(house, timed, clock):
    headers = signed_in(timed, an_account(timed)).headers
    answers = set()

    for _ in range(5):
        answers.add(house.get(JOBS, headers=headers).status_code)
        clock.forward(timed.settings.session_s / 5)

    assert answers == {200}
    assert house.get(JOBS, headers=headers).status_code == 401


@pytest.fixture
def unwritable(sqlite_store):
    """Have the database take nothing more."""

    def refuse():
        @listens_for(sqlite_store.database.engine, "connect")
        def only_read(connection, _record):
            connection.execute("PRAGMA query_only=ON")

        sqlite_store.database.close()

    return refuse


def test_a_last_use_that_cannot_be_noted_turns_nobody_away(house, timed, unwritable):
    ada = an_account(timed)
    by_session, by_key = signed_in(timed, ada).headers, key_headers(timed, ada)
    timed.clock.forward(3600)

    unwritable()

    assert code_of(house, "GET", JOBS, by_session) == (200, "")
    assert code_of(house, "GET", JOBS, by_key) == (200, "")
    assert code_of(house, "POST", JOBS, by_key, json=ASKED)[0] in (503, 507)
    [key] = house.get("/api/v1/keys", headers=by_session).get_json()["items"]
    assert key["last_used_at"] is None


def test_a_viewer_looks_and_touches_nothing(house, timed):
    viewer = signed_in(timed, an_account(timed, role=Role.VIEWER)).headers

    assert code_of(house, "GET", JOBS, viewer) == (200, "")
    assert code_of(house, "POST", JOBS, viewer, json=ASKED) == (403, "forbidden")
    assert code_of(house, "GET", "/api/v1/listen", viewer) == (403, "forbidden")
    assert code_of(house, "POST", "/api/v1/memory/search", viewer, json={"text": "words"}) == (200, "")


def test_models_are_everybodys_and_an_administrator_changes_them(house, timed):
    member, admin = an_account(timed, "ada"), an_account(timed, "eve", Role.ADMIN)
    pull = {"name": "no/such"}

    assert code_of(house, "POST", "/api/v1/models", signed_in(timed, member).headers, json=pull) == (403, "forbidden")
    assert code_of(house, "POST", "/api/v1/models", signed_in(timed, admin).headers, json=pull)[0] in (404, 422)


@pytest.mark.parametrize(
    ("host", "answered"),
    [("triptych.example", 200), ("TRIPTYCH.example", 200), ("localhost:8000", 200), ("evil.example", 421)],
)
def test_the_house_answers_to_its_public_name(settings, timed, make_client, host, answered):
    named = house_settings(settings, public_url="https://triptych.example")
    client = make_client(named, timed)

    assert client.get("/health/live", headers={"Host": host}).status_code == answered


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ("https://triptych.example", (401, "unauthenticated")),
        ("http://triptych.example", (403, "foreign_origin")),
        ("https://triptych.example:444", (403, "foreign_origin")),
    ],
)
def test_a_page_by_http_is_none_of_a_house_by_https(settings, timed, make_client, origin, told):
    client = make_client(house_settings(settings, public_url="https://triptych.example"), timed)

    assert code_of(client, "POST", JOBS, {"Host": "Triptych.example", "Origin": origin}, json=ASKED) == told


def test_local_mode_asks_nobody_and_heeds_no_key(sqlite_client):
    headers = {"Authorization": "Bearer tri_nothing", "Cookie": f"{COOKIE}=nothing"}

    assert code_of(sqlite_client, "POST", JOBS, headers, json=ASKED) == (202, "")
    assert code_of(sqlite_client, "GET", "/api/v1/keys", {}) == (409, "no_accounts")
    assert sqlite_client.get("/api/v1/session").get_json()["user"]["id"] == "local"
