"""Coming in by a real provider: who is known, invited or admitted comes in, and nobody else."""

import pytest
from pydantic import SecretStr
from support.accounts import acting
from support.oidc_house import START, actions, refusal, with_password

from triptych.accounts.invitations import invite, offer_setup
from triptych.accounts.users import change_user, list_users
from triptych.accounts.values import LOCAL_USER, Role

OURS = {"oidc_domains": "triptych.example"}
GROUPS = {"oidc_claim": "realm_access.roles", "oidc_scopes": "openid email profile groups", "oidc_admitted": "staff"}
UNVERIFIED = {"email": "ada@triptych.example", "email_verified": False}


def groups(*values: str) -> dict[str, object]:
    return {"email": "ada@elsewhere.example", "email_verified": True, "realm_access": {"roles": list(values)}}


def test_whoever_has_an_address_of_a_domain_comes_in_and_is_the_same_again(visit, settled, store):
    browser, again = visit("ada", **OURS), visit("ada", **OURS)

    first = browser.come(path="/models?kind=1#all")
    again.come()

    assert first.headers["Location"] == "/models?kind=1#all"
    assert browser.session["user"] == again.session["user"]
    assert {"email": "ada@triptych.example", "name": "Ada", "role": "member"}.items() <= browser.session["user"].items()
    assert sorted(action for action, _ in actions(store)) == [
        "identity.linked",
        "session.begun",
        "session.begun",
        "user.created",
    ]


@pytest.mark.parametrize(
    ("claims", "changes", "why"),
    [
        ({"email": "ada@elsewhere.example", "email_verified": True}, OURS, "not_admitted"),
        ({"email": "ada@not.triptych.example", "email_verified": True}, OURS, "not_admitted"),
        (UNVERIFIED, OURS, "email_unverified"),
        ({"email": "ada@triptych.example"}, OURS, "email_unverified"),
        ({}, OURS, "email_unverified"),
        (None, {}, "not_admitted"),
        (groups("guests"), GROUPS, "not_admitted"),
    ],
)
def test_whoever_is_not_admitted_is_told_so_at_the_door_and_it_is_written_down(
    visit, settled, store, claims, changes, why
):
    browser = visit("ada", claims, **changes)

    back = browser.come(path="/models")

    assert back.headers["Location"] == f"/models?refused={why}"
    assert browser.session is None
    assert [(action, detail["why"]) for action, detail in actions(store)] == [("session.refused", why)]
    assert len(list_users(store, None, 10)) == 1


def test_whoever_was_invited_comes_in_by_their_address_as_what_they_were_invited(visit, settled, store):
    invite(store, acting(settled), "Ada@Elsewhere.example", Role.VIEWER, 3600)
    browser = visit("ada", {"email": "ada@elsewhere.example", "email_verified": True})

    browser.come()

    assert browser.session["user"]["role"] == "viewer"
    assert browser.session["user"]["email"] == "ada@elsewhere.example"


def test_an_invitation_is_accepted_by_its_link_whatever_the_provider_calls_its_holder(visit, settled, store):
    _, token = invite(store, acting(settled), "ada@elsewhere.example", Role.VIEWER, 3600)
    browser, other = visit("ada", UNVERIFIED), visit("bob")

    browser.come(token=token)

    assert browser.session["user"]["email"] == "ada@elsewhere.example"
    assert refusal(other.come(token=token)) == "invitation_over"


def test_an_unverified_address_is_invited_by_nobody(visit, settled, store):
    invite(store, acting(settled), "ada@triptych.example", Role.ADMIN, 3600)

    assert refusal(visit("ada", UNVERIFIED).come()) == "email_unverified"


def test_an_address_that_has_an_account_opens_it_to_nobody_even_where_it_is_verified(visit, settled, store):
    with_password(store, "ada")

    for claims in (None, UNVERIFIED):
        browser = visit("ada", claims, **OURS)
        assert refusal(browser.come()) == ("email_taken" if claims is None else "email_unverified")
        assert browser.session is None


def test_first_administrator_comes_by_the_set_up_link_and_has_what_local_mode_made(visit, store):
    browser = visit("ada")

    browser.come(token=offer_setup(store))

    assert (browser.session["user"]["id"], browser.session["user"]["role"]) == (LOCAL_USER, "admin")
    assert refusal(visit("eve").come(token="made up")) == "invitation_over"


def test_nobody_but_an_administrator_is_the_first(visit, store):
    roles = {**GROUPS, "oidc_roles": "chiefs=admin", "oidc_admitted": "staff"}

    assert refusal(visit("bob", groups("staff"), **roles).come()) == "needs_setup"
    chief = visit("ada", groups("staff", "chiefs"), **roles)
    chief.come()

    assert (chief.session["user"]["id"], chief.session["user"]["role"]) == (LOCAL_USER, "admin")


def test_role_is_the_highest_of_the_claims_values_each_time_somebody_comes(visit, settled, store):
    roles = {**GROUPS, "oidc_roles": "readers=viewer,chiefs=admin", "oidc_role": Role.MEMBER}
    seen = []
    for values in (("staff",), ("staff", "readers"), ("staff", "readers", "chiefs"), ("staff",)):
        browser = visit("ada", groups(*values), **roles)
        browser.come()
        seen.append(browser.session["user"]["role"])

    assert seen == ["member", "viewer", "admin", "member"]


def test_role_that_an_administrator_gave_stays_where_no_claim_gives_any(visit, settled, store):
    browser = visit("ada", **OURS)
    browser.come()
    change_user(store, acting(settled), browser.session["user"]["id"], {"role": Role.VIEWER})

    browser.come()

    assert browser.session["user"]["role"] == "viewer"


def test_whoever_came_by_a_claim_comes_no_more_without_it(visit, settled, store):
    visit("ada", groups("staff"), **GROUPS).come()

    assert refusal(visit("ada", groups("guests"), **GROUPS).come()) == "not_admitted"


def test_whoever_was_invited_comes_whatever_the_claims_say_and_stays_what_they_are(visit, settled, store):
    roles = {**GROUPS, "oidc_roles": "readers=viewer"}
    _, token = invite(store, acting(settled), "ada@elsewhere.example", Role.ADMIN, 3600)
    visit("ada", groups(), **roles).come(token=token)
    browser = visit("ada", groups("readers"), **roles)

    browser.come()

    assert browser.session["user"]["role"] == "admin"


def test_last_administrator_stays_one_whatever_the_claims_say(visit, store):
    roles = {**GROUPS, "oidc_roles": "chiefs=admin"}
    visit("ada", groups("staff", "chiefs"), **roles).come()
    browser = visit("ada", groups("staff"), **roles)

    browser.come()

    assert browser.session["user"]["role"] == "admin"


def test_whoever_is_disabled_is_refused(visit, settled, store):
    browser = visit("ada", **OURS)
    browser.come()
    change_user(store, acting(settled), browser.session["user"]["id"], {"disabled": True})

    assert refusal(browser.come()) == "disabled"
    assert browser.session is None
    assert [action for action, _ in actions(store)].count("session.begun") == 1


def test_a_public_client_comes_in_by_the_challenge_alone(visit, settled):
    browser = visit("ada", **OURS, oidc_client_id="triptych-public", oidc_client_secret=SecretStr(""))

    browser.come()

    assert browser.session is not None


def test_whoever_says_no_at_the_provider_is_back_at_the_door(visit, settled, store):
    browser = visit("ada", **OURS)

    back = browser.back(browser.visitor.sign_in(browser.start().get_json()["url"], agrees=False))

    assert refusal(back) == "denied"
    assert actions(store)[0][1]["why"] == "denied"


def test_where_there_is_no_provider_nobody_begins(visit, settled):
    browser = visit("ada", oidc_issuer="")

    response = browser.start()

    assert (response.status_code, response.get_json()["code"]) == (409, "no_provider")
    assert browser.client.get("/api/v1/door").get_json()["provider"] is None


def test_door_tells_what_the_provider_is_called(visit):
    assert visit("ada").client.get("/api/v1/door").get_json()["provider"] == {"name": "127.0.0.1"}
    assert visit("ada", oidc_name="Our house").client.get("/api/v1/door").get_json()["provider"] == {
        "name": "Our house"
    }


def test_local_mode_has_no_such_door(sqlite_client):
    response = sqlite_client.post(START, json={})

    assert (response.status_code, response.get_json()["code"]) == (409, "no_accounts")
