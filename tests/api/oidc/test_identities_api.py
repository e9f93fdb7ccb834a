"""Identities of somebody who is signed in: linked on purpose, listed, unlinked, and how a provider's session ends."""

from urllib.parse import parse_qs, urlsplit

import pytest
from support.accounts import acting, identity_of, key_headers
from support.oidc_house import PASSWORD, actions, refusal, with_password
from support.openid_provider import CLIENT, HOUSE, Visitor

from triptych.accounts.users import delete_user, list_users

IDENTITIES = "/api/v1/session/identities"


@pytest.fixture
def ada(store):
    return with_password(store, "ada")


@pytest.fixture
def browser(visit, ada):
    browser = visit("ada-at-work")
    browser.sign_in(ada)
    return browser


def linked(browser):
    return browser.back(browser.visitor.sign_in(browser.link().get_json()["url"]))


def listed(browser):
    return browser.client.get(IDENTITIES).get_json()["items"]


def test_whoever_links_an_identity_comes_in_by_it_from_then_on(browser, visit, ada, store):
    back = linked(browser)
    elsewhere = visit("ada-at-work")
    elsewhere.come()

    [identity] = listed(browser)
    assert back.headers["Location"] == "/account"
    assert identity["email"] == "ada-at-work@triptych.example"
    assert elsewhere.session["user"]["id"] == ada.id
    assert ("identity.linked", {"issuer": identity["issuer"], "email": identity["email"]}) in actions(store)


def test_an_identity_that_is_linked_is_nobody_elses(browser, visit, store):
    linked(browser)
    other = visit("ada-at-work")
    other.sign_in(with_password(store, "bob"))

    assert refusal(linked(other)) == "identity_taken"
    assert listed(other) == []
    assert other.session["user"]["email"] == "bob@triptych.example"


def test_linking_the_same_again_changes_nothing(browser):
    linked(browser)

    assert refusal(linked(browser)) is None
    assert len(listed(browser)) == 1


def test_linking_takes_a_session_and_its_token(browser, ada, store):
    without_token = browser.client.post(IDENTITIES, json={})
    by_key = browser.client.post(IDENTITIES, json={}, headers=key_headers(store, ada))

    assert (without_token.status_code, without_token.get_json()["code"]) == (403, "bad_csrf_token")
    assert (by_key.status_code, by_key.get_json()["code"]) == (403, "forbidden")


def test_an_identity_that_is_unlinked_opens_nothing_and_ends_what_began_by_it(browser, visit, store):
    linked(browser)
    elsewhere = visit("ada-at-work")
    elsewhere.come()
    [identity] = listed(browser)

    response = browser.client.delete(f"{IDENTITIES}/{identity['id']}", headers=browser.headers())

    assert response.status_code == 204
    assert listed(browser) == []
    assert elsewhere.session is None
    assert browser.session is not None
    assert refusal(visit("ada-at-work").come()) == "not_admitted"
    assert "identity.unlinked" in dict(actions(store))


def test_last_way_in_stays(visit, settled):
    browser = visit("ada", oidc_domains="triptych.example")
    browser.come()
    [identity] = listed(browser)

    response = browser.client.delete(f"{IDENTITIES}/{identity['id']}", headers=browser.headers())

    assert (response.status_code, response.get_json()["code"]) == (409, "last_way_in")
    assert browser.session is not None


def test_an_identity_of_a_provider_that_is_asked_no_more_is_no_way_in(visit, settled, store):
    browser = visit("ada", oidc_domains="triptych.example")
    browser.come()
    [user] = [one for one in list_users(store, None, 10) if one.id == browser.session["user"]["id"]]
    identity_of(store, user)
    former, last = listed(browser)

    refused = browser.client.delete(f"{IDENTITIES}/{last['id']}", headers=browser.headers())
    taken = browser.client.delete(f"{IDENTITIES}/{former['id']}", headers=browser.headers())

    assert former["issuer"] == "https://id.example"
    assert (refused.status_code, refused.get_json()["code"]) == (409, "last_way_in")
    assert taken.status_code == 204


def test_whoever_came_by_a_rule_links_nobody_for_whom_it_does_not_hold(visit, settled, store):
    browser = visit("ada", oidc_domains="triptych.example")
    browser.come()
    browser.visitor = Visitor("ada-at-home")
    visit("ada-at-home", {"email": "ada@home.example", "email_verified": True})

    assert refusal(linked(browser)) == "link_not_admitted"
    assert [one["email"] for one in listed(browser)] == ["ada@triptych.example"]
    assert ("session.refused", "link_not_admitted") in [(a, d.get("why")) for a, d in actions(store)]


def test_what_is_linked_to_an_account_that_came_by_a_rule_is_held_to_it(visit, settled):
    browser = visit("ada", oidc_domains="triptych.example")
    browser.come()
    browser.visitor = Visitor("ada-too")
    visit("ada-too")

    assert refusal(linked(browser)) is None
    assert refusal(visit("ada-too", oidc_domains="triptych.example").come()) is None
    assert refusal(visit("ada-too", oidc_domains="other.example").come()) == "not_admitted"


def test_whoever_has_no_password_gets_none(visit, settled):
    browser = visit("ada", oidc_domains="triptych.example")
    browser.come()

    asked = {"old": "any", "new": PASSWORD}
    response = browser.client.put("/api/v1/session/password", json=asked, headers=browser.headers())

    assert (response.status_code, response.get_json()["code"]) == (403, "wrong_password")


def test_an_identity_goes_with_its_user(browser, visit, ada, store, settled):
    linked(browser)
    delete_user(store, acting(settled), ada.id)

    assert refusal(visit("ada-at-work").come()) == "not_admitted"


def test_providers_own_session_ends_where_whoever_signs_out_is_led(visit, settled):
    browser = visit("ada", oidc_domains="triptych.example")
    browser.come()
    url = browser.session["sign_out_url"]

    browser.client.delete("/api/v1/session", headers=browser.headers())

    told = parse_qs(urlsplit(url).query)
    assert urlsplit(url).path == "/session/end"
    assert (told["client_id"], told["post_logout_redirect_uri"]) == ([CLIENT], [f"{HOUSE}/"])
    assert browser.visitor.sign_out(url) == f"{HOUSE}/"


def test_whoever_came_by_a_password_is_led_nowhere(browser):
    assert browser.session["sign_out_url"] is None
