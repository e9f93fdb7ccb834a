"""How people come in: by the set-up link, by a password, by an invitation; and how they go."""

from dataclasses import replace

import pytest
from support.accounts import an_account, code_of, house_settings, signed_in, without_jar
from support.stores import HandClock

from triptych.accounts.audit import list_entries
from triptych.accounts.invitations import offer_setup
from triptych.accounts.tables import users
from triptych.accounts.tokens import hashed
from triptych.accounts.values import Role

SESSION = "/api/v1/session"
PASSWORD = "correct horse battery staple"
SET_UP = {"email": "Ada@Triptych.example", "name": "Ada", "password": PASSWORD}
ADA = {"email": "ada@triptych.example", "password": PASSWORD}


@pytest.fixture
def clock(sqlite_store):
    return HandClock(sqlite_store.clock())


@pytest.fixture
def settings(settings):
    return house_settings(settings)


@pytest.fixture
def timed(sqlite_store, clock):
    return replace(sqlite_store, clock=clock)


@pytest.fixture
def browser(settings, timed, make_client):
    """A browser, which keeps cookies, before a house where people sign in."""
    return make_client(settings, timed)


def set_up(browser, store, **changes):
    return browser.post("/api/v1/setup", json={"token": offer_setup(store), **SET_UP, **changes})


def csrf(browser) -> dict[str, str]:
    return {"X-CSRF-Token": browser.get(SESSION).get_json()["csrf_token"]}


def test_first_administrator_comes_in_by_the_link_and_has_what_local_mode_made(browser, timed):
    before = browser.get("/api/v1/door").get_json()

    response = set_up(browser, timed)

    assert before == {"mode": "accounts", "needs_setup": True, "provider": None}
    assert (response.status_code, response.get_json()["user"]["role"]) == (201, "admin")
    assert response.get_json()["user"] == browser.get(SESSION).get_json()["user"]
    assert response.get_json()["user"]["id"] == "local"
    assert browser.get("/api/v1/door").get_json()["needs_setup"] is False


def test_set_up_link_works_once_and_only_while_nobody_has_an_account(browser, timed):
    first, second = offer_setup(timed), offer_setup(timed)
    came = browser.post("/api/v1/setup", json={"token": first, **SET_UP})

    again = [browser.post("/api/v1/setup", json={"token": token, **SET_UP}) for token in (first, second)]

    assert came.status_code == 201
    assert [(one.status_code, one.get_json()["code"]) for one in again] == [(404, "not_found")] * 2
    assert offer_setup(timed) is None


def test_set_up_link_ends_by_itself(browser, timed, clock):
    token = offer_setup(timed)

    clock.forward(24 * 3600)

    assert browser.post("/api/v1/setup", json={"token": token, **SET_UP}).status_code == 404


def test_cookie_is_for_this_site_and_no_script(settings, timed, make_client):
    named = house_settings(settings, public_url="https://localhost")

    cookie = set_up(make_client(named, timed), timed).headers["Set-Cookie"]

    assert cookie.startswith("__Host-triptych=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=2592000"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_password_lets_in_and_a_wrong_one_does_not(browser, timed):
    set_up(browser, timed)
    stranger = without_jar(browser)

    good = stranger.post(SESSION, json=ADA)
    refused = [stranger.post(SESSION, json={**ADA, **wrong}) for wrong in ({"password": "x"}, {"email": "no@body"})]

    assert good.status_code == 201
    assert [(one.status_code, one.get_json()["code"]) for one in refused] == [(401, "sign_in_refused")] * 2
    assert refused[0].get_json()["detail"] == refused[1].get_json()["detail"]


def test_nothing_of_a_password_or_a_token_is_kept_or_written_down(browser, timed):
    token = offer_setup(timed)
    browser.post("/api/v1/setup", json={"token": token, **SET_UP})
    without_jar(browser).post(SESSION, json={**ADA, "password": "a wrong password"})

    with timed.database.read() as connection:
        kept = connection.execute(users.select()).one().password_hash
    written = repr(list_entries(timed, None, None, 100))

    assert kept.startswith("$argon2id$v=19$m=32,t=3,p=4$")
    assert not any(secret in written for secret in (PASSWORD, "a wrong password", token, hashed(token)))
    assert [entry.action for entry in list_entries(timed, None, None, 100)] == [
        "session.refused",
        "session.begun",
        "user.created",
    ]


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"password": "too short"}, "password", "weak_password"),
        ({"password": "abababababababab"}, "password", "weak_password"),
        ({"password": "ada@triptych.EXAMPLE"}, "password", "weak_password"),
        ({"email": "nobody"}, "email", "invalid_request"),
        ({"name": ""}, "name", "invalid_request"),
        ({"name": "a\nb"}, "name", "invalid_request"),
    ],
)
def test_an_account_that_will_not_do_is_refused_and_the_link_still_works(browser, timed, changes, where, code):
    token = offer_setup(timed)

    refused = browser.post("/api/v1/setup", json={"token": token, **SET_UP, **changes})

    told = refused.get_json()
    assert (refused.status_code, told["code"], told["errors"][0]["where"]) == (422, code, where)
    assert browser.post("/api/v1/setup", json={"token": token, **SET_UP}).status_code == 201


def test_signing_out_ends_the_session_wherever_its_cookie_lies(browser, timed):
    set_up(browser, timed)
    stolen = browser.get_cookie("triptych_session").value

    response = browser.delete(SESSION, headers=csrf(browser))

    assert response.status_code == 204
    assert browser.get_cookie("triptych_session") is None
    assert without_jar(browser).get(SESSION, headers={"Cookie": f"triptych_session={stolen}"}).status_code == 401


def test_signing_in_anew_ends_the_browsers_last_session(browser, timed):
    set_up(browser, timed)

    browser.post(SESSION, json=ADA)

    assert len(browser.get("/api/v1/sessions").get_json()["items"]) == 1


def test_sessions_are_listed_and_ended_by_their_owner_alone(browser, timed):
    set_up(browser, timed)
    ada = list_entries(timed, None, None, 1)[0].actor_id
    eve = signed_in(timed, an_account(timed, "eve", Role.ADMIN))
    without_jar(browser).post(SESSION, json=ADA, headers={"User-Agent": "another browser"})
    other, this = browser.get("/api/v1/sessions").get_json()["items"]

    by_eve = code_of(without_jar(browser), "DELETE", f"/api/v1/sessions/{other['id']}", eve.headers)
    by_ada = browser.delete(f"/api/v1/sessions/{other['id']}", headers=csrf(browser))

    assert ada == "local"
    assert (other["agent"], other["is_this"], this["is_this"]) == ("another browser", False, True)
    assert by_eve == (404, "not_found")
    assert by_ada.status_code == 204
    assert [one["id"] for one in browser.get("/api/v1/sessions").get_json()["items"]] == [this["id"]]


def test_signing_out_everywhere_ends_this_session_too(browser, timed):
    set_up(browser, timed)

    response = browser.delete("/api/v1/sessions", headers=csrf(browser))

    assert response.status_code == 204
    assert browser.get(SESSION).status_code == 401


def test_another_password_ends_the_other_sessions(browser, timed):
    set_up(browser, timed)
    other = without_jar(browser).post(SESSION, json=ADA).headers["Set-Cookie"].partition(";")[0]
    asked = {"old": PASSWORD, "new": "four other words of mine"}

    wrong = browser.put("/api/v1/session/password", json={**asked, "old": "no"}, headers=csrf(browser))
    changed = browser.put("/api/v1/session/password", json=asked, headers=csrf(browser))

    assert (wrong.status_code, wrong.get_json()["code"]) == (403, "wrong_password")
    assert changed.status_code == 204
    assert browser.get(SESSION).status_code == 200
    assert without_jar(browser).get(SESSION, headers={"Cookie": other}).status_code == 401
    assert without_jar(browser).post(SESSION, json=ADA).status_code == 401
    assert without_jar(browser).post(SESSION, json={**ADA, "password": asked["new"]}).status_code == 201


def test_guessing_is_slowed_down_for_the_address(settings, timed, make_client):
    client = make_client(house_settings(settings, sign_ins_a_minute=2), timed)
    guesses = [client.post(SESSION, json={**ADA, "email": f"{number}@b"}) for number in range(3)]

    elsewhere = client.post(SESSION, json=ADA, environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert [one.status_code for one in guesses] == [401, 401, 429]
    assert guesses[2].get_json()["code"] == "rate_limited"
    assert 0 < int(guesses[2].headers["Retry-After"]) <= 60
    assert elsewhere.status_code == 401


def test_guessing_one_account_from_everywhere_is_slowed_down_too(settings, timed, make_client):
    client = make_client(house_settings(settings, sign_ins_a_minute=1), timed)

    codes = [
        client.post(SESSION, json=ADA, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"}).status_code
        for number in range(11)
    ]

    assert codes == [401] * 10 + [429]


def test_local_mode_has_no_door(settings, timed, make_client):
    client = make_client(settings.model_copy(update={"accounts": False}), timed)

    assert client.get("/api/v1/door").get_json() == {"mode": "local", "needs_setup": False, "provider": None}
    assert code_of(client, "POST", SESSION, {}, json=ADA) == (409, "no_accounts")
    assert client.get(SESSION).get_json()["csrf_token"] is None
