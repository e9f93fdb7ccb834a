"""A provider that is away or cannot be used is told as that, and the password's door stays open."""

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from support.accounts import house_settings
from support.lying_provider import CLIENT, LyingProvider, lying_provider
from support.oidc_house import CALLBACK, Browser, refusal, with_password
from support.openid_provider import Visitor

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def liar():
    with lying_provider() as provider:
        yield provider


@pytest.fixture
def browser(liar: LyingProvider, sqlite_store, make_client):
    told = house_settings(sqlite_store.settings, oidc_issuer=liar.issuer, oidc_client_id=CLIENT)
    return Browser(make_client(told, replace(sqlite_store, settings=told)), Visitor("ada"))


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [(503, b"", (503, "provider_away")), (200, b"{}", (502, "provider_failed"))],
)
def test_nobody_is_led_to_a_provider_that_cannot_be_asked(browser, liar, status, answer, told):
    liar.answers[DISCOVERY] = (status, {}, answer)

    response = browser.start()

    assert (response.status_code, response.get_json()["code"]) == told
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)


@pytest.mark.parametrize(
    ("path", "status", "why"),
    [("/token", 503, "provider_away"), ("/token", 400, "provider_failed"), ("/jwks", 500, "provider_away")],
)
def test_whoever_comes_back_when_the_provider_has_gone_is_told_so(browser, liar, path, status, why):
    url = browser.start(path="/models").get_json()["url"]
    [state] = parse_qs(urlsplit(url).query)["state"]
    liar.answers[path] = (status, {}, json.dumps({"error": "invalid_grant"}).encode())

    back = browser.back(f"{CALLBACK}?state={state}&code=any")

    assert back.headers["Location"].startswith("/models?")
    assert refusal(back) == why


def test_passwords_open_the_door_while_the_provider_is_away(browser, liar, sqlite_store):
    liar.answers[DISCOVERY] = (503, {}, b"")
    user = with_password(sqlite_store, "ada")

    assert browser.client.get("/api/v1/door").get_json()["provider"] == {"name": "127.0.0.1"}
    assert browser.sign_in(user).status_code == 201
