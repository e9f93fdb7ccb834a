"""What somebody else may try: another's state or browser, codes used twice, answers of others, ways out."""

from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from support.accounts import house_settings, without_jar
from support.oidc_house import CALLBACK, START, actions, refusal, with_password
from support.openid_provider import HOUSE
from support.stores import HandClock

from triptych.accounts.attempts import ATTEMPT_S, Purpose, begin_attempt
from triptych.accounts.tables import sign_in_attempts

COOKIE = "triptych_oidc"


@pytest.fixture
def browser(visit, settled):
    return visit("ada", oidc_domains="triptych.example")


def asked(url: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}


def changed(url: str, **changes: str | None) -> str:
    told = {name: value for name, value in {**asked(url), **changes}.items() if value is not None}
    return f"{CALLBACK}?{urlencode(told)}"


def test_provider_is_asked_with_a_challenge_a_nonce_and_a_state_and_nothing_secret(browser, provider):
    response = browser.start()

    url = response.get_json()["url"]
    told = asked(url)
    cookie = browser.client.get_cookie(COOKIE)
    assert url.startswith(f"{provider.issuer}/auth?")
    assert {"state", "nonce", "code_challenge"} < told.keys()
    assert told["code_challenge_method"] == "S256"
    assert told["redirect_uri"] == f"{HOUSE}{CALLBACK}"
    assert cookie is not None
    assert cookie.value not in url


def test_cookie_of_an_attempt_is_for_this_site_and_no_script(visit, settled):
    named = visit("ada", public_url="https://localhost")

    cookie = named.client.post(START, json={}).headers["Set-Cookie"]

    assert cookie.startswith("__Host-triptych-oidc=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=600"} <= set(cookie.split("; "))


def test_nothing_is_kept_by_which_somebody_else_could_finish_an_attempt(browser, store):
    told = asked(browser.start().get_json()["url"])
    cookie = browser.client.get_cookie(COOKIE)

    with store.database.read() as connection:
        kept = repr(connection.execute(sign_in_attempts.select()).all())

    assert cookie is not None
    assert not any(secret in kept for secret in (cookie.value, told["state"], told["nonce"], told["code_challenge"]))


def test_an_answer_counts_once(browser, visit):
    url = browser.away()
    browser.back(url)
    browser.client.delete_cookie("triptych_session")

    assert refusal(browser.back(url)) == "attempt_over"
    assert browser.session is None


def test_whoever_is_led_to_an_answer_of_another_browser_is_not_signed_in_as_somebody_else(browser, visit):
    eves = visit("eve", oidc_domains="triptych.example")
    url = eves.away()

    led = browser.back(url)

    assert refusal(led) == "attempt_over"
    assert browser.session is None
    assert refusal(eves.back(url)) is None


def test_an_answer_to_one_attempt_does_not_finish_another_of_the_same_browser(browser):
    first, second = browser.away(), browser.away()

    mixed = browser.back(changed(first, code=asked(second)["code"]))

    assert refusal(mixed) == "provider_failed"
    assert browser.session is None


def test_two_pages_of_a_browser_may_sign_in_at_a_time(browser):
    first, second = browser.away(path="/one"), browser.away(path="/two")

    assert [browser.back(url).headers["Location"] for url in (second, first)] == ["/two", "/one"]


@pytest.mark.parametrize(
    "changes", [{"state": None}, {"state": "made-up"}, {"state": ""}, {"state": "\N{SNOWMAN}\0"}], ids=str
)
def test_an_answer_without_the_state_of_an_attempt_is_none(browser, store, changes):
    assert refusal(browser.back(changed(browser.away(), **changes))) == "attempt_over"
    assert actions(store) == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iss": "https://other.example"}, "provider_failed"),
        ({"iss": None}, "provider_failed"),
        ({"code": None}, "provider_failed"),
        ({"code": "made-up"}, "provider_failed"),
        ({"error": "access_denied", "iss": "https://other.example"}, "provider_failed"),
        ({"error": "invalid_request"}, "provider_failed"),
        ({"error": "temporarily_unavailable"}, "provider_away"),
    ],
    ids=str,
)
def test_an_answer_that_is_not_this_providers_lets_nobody_in_and_ends_the_attempt(browser, changes, why):
    url = browser.away()

    assert refusal(browser.back(changed(url, **changes))) == why
    assert refusal(browser.back(url)) == "attempt_over"
    assert browser.session is None


@pytest.mark.parametrize("name", ["state", "code", "iss"])
def test_an_answer_that_says_two_things_says_nothing(browser, name):
    url = browser.away()

    assert refusal(browser.back(f"{url}&{name}=other")) in ("attempt_over", "provider_failed")
    assert browser.session is None


def test_an_attempt_ends_by_itself(settings, sqlite_store, provider, make_client):
    clock = HandClock(sqlite_store.clock())
    timed = replace(sqlite_store, clock=clock)
    told = house_settings(timed.settings, oidc_issuer=provider.issuer, oidc_client_id="triptych")
    client = make_client(told, replace(timed, settings=told))
    client.set_cookie(COOKIE, "a browser")
    state = begin_attempt(timed, "a browser", provider.issuer, Purpose()).state

    clock.forward(ATTEMPT_S)

    back = client.get(f"{CALLBACK}?{urlencode({'state': state, 'code': 'any'})}", headers={"Host": "localhost:8000"})
    assert refusal(back) == "attempt_over"


def test_an_attempt_at_another_provider_is_none(browser, store):
    browser.start()
    cookie = browser.client.get_cookie(COOKIE)
    state = begin_attempt(store, cookie.value, "https://before.example", Purpose()).state

    assert refusal(browser.back(f"{CALLBACK}?{urlencode({'state': state, 'code': 'any'})}")) == "attempt_over"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/a\nb",
        "javascript:alert(1)",
        "evil.example",
        "",
        " /",
        "/\u2028",
    ],
    ids=repr,
)
def test_way_back_leads_to_no_other_server(browser, path):
    response = browser.start(path=path)

    assert (response.status_code, response.get_json()["code"]) == (422, "invalid_request")
    assert response.get_json()["errors"][0]["where"] == "path"


def test_session_that_a_browser_had_before_is_not_the_one_that_is_signed_in(browser, store):
    browser.sign_in(with_password(store, "mallory"))
    planted = browser.client.get_cookie("triptych_session").value

    browser.come()

    assert browser.client.get_cookie("triptych_session").value != planted
    assert browser.session["user"]["email"] == "ada@triptych.example"
    bare = without_jar(browser.client)
    assert bare.get("/api/v1/session", headers={"Cookie": f"triptych_session={planted}"}).status_code == 401


def test_a_page_of_another_site_begins_nothing(browser):
    response = browser.client.post(START, json={}, headers={"Origin": "https://evil.example"})

    assert (response.status_code, response.get_json()["code"]) == (403, "foreign_origin")


def test_whoever_is_under_another_name_than_the_provider_leads_back_to_is_told_which(browser):
    response = browser.client.post(START, json={}, headers={"Host": "127.0.0.1:8000"})

    assert (response.status_code, response.get_json()["code"]) == (421, "foreign_host")
    assert "http://localhost:8000" in response.get_json()["detail"]


def test_beginning_is_slowed_down_as_guessing_passwords_is(visit, settled):
    browser = visit("ada", sign_ins_a_minute=2)

    assert [browser.start().status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("lasts", [True, False])
def test_whoever_is_signed_in_as_somebody_else_by_now_links_nothing(browser, store, lasts):
    browser.sign_in(with_password(store, "mallory"))
    url = browser.visitor.sign_in(browser.link().get_json()["url"])
    if lasts:  # the session, of which the browser no longer knows
        browser.client.delete_cookie("triptych_session")
    browser.sign_in(with_password(store, "bob"))

    assert refusal(browser.back(url)) == "attempt_over"
    assert browser.client.get("/api/v1/session/identities").get_json() == {"items": []}
