"""Keys as their owner meets them: told once, known by how they begin, gone when they are revoked."""

import pytest
from support.accounts import acting, an_account, code_of, house_settings, key_headers, signed_in, without_jar

from triptych.accounts.keys import MOST_KEYS, create_key
from triptych.accounts.tables import api_keys
from triptych.accounts.values import Role

KEYS = "/api/v1/keys"
WANTED = {"name": "import", "scopes": ["jobs:read", "jobs:write"], "expires_at": "2999-01-01T00:00:00+01:00"}


@pytest.fixture
def house(settings, store, make_client):
    return without_jar(make_client(house_settings(store.settings), store))


@pytest.fixture
def ada(store):
    return an_account(store, "ada")


@pytest.fixture
def browser(store, ada):
    """What Ada's browser sends."""
    return signed_in(store, ada).headers


def test_a_key_is_told_once_and_used_at_once(house, browser, store):
    response = house.post(KEYS, json=WANTED, headers=browser)

    made = response.get_json()
    assert response.status_code == 201
    assert (made["name"], made["scopes"], made["last_used_at"]) == ("import", ["jobs:read", "jobs:write"], None)
    assert made["expires_at"] == "2998-12-31T23:00:00.000Z"
    assert made["key"].startswith(made["prefix"])
    assert len(made["key"]) == len("tri_") + 43
    assert code_of(house, "GET", "/api/v1/jobs", {"Authorization": f"Bearer {made['key']}"}) == (200, "")
    [listed] = house.get(KEYS, headers=browser).get_json()["items"]
    assert listed["last_used_at"] is not None
    assert "key" not in listed
    with store.database.read() as connection:
        assert made["key"] not in repr(connection.execute(api_keys.select()).all())


def test_a_revoked_key_is_refused(house, browser):
    made = house.post(KEYS, json=WANTED, headers=browser).get_json()

    revoked = house.delete(f"{KEYS}/{made['id']}", headers=browser)

    assert revoked.status_code == 204
    assert code_of(house, "GET", "/api/v1/jobs", {"Authorization": f"Bearer {made['key']}"})[0] == 401
    assert house.get(KEYS, headers=browser).get_json()["items"] == []
    assert code_of(house, "DELETE", f"{KEYS}/{made['id']}", browser) == (404, "not_found")


def test_nobody_sees_or_revokes_anothers_key(house, browser, store):
    made = house.post(KEYS, json=WANTED, headers=browser).get_json()
    eve = signed_in(store, an_account(store, "eve", Role.ADMIN)).headers

    assert house.get(KEYS, headers=eve).get_json()["items"] == []
    assert code_of(house, "DELETE", f"{KEYS}/{made['id']}", eve) == (404, "not_found")


def test_a_key_makes_none_that_may_more(house, store, ada):
    maker = key_headers(store, ada, "admin:write", "jobs:read")

    assert code_of(house, "POST", KEYS, maker, json={**WANTED, "scopes": ["jobs:read"]}) == (201, "")
    assert code_of(house, "POST", KEYS, maker, json={**WANTED, "scopes": ["jobs:write"]}) == (403, "forbidden")


@pytest.mark.parametrize(("end", "answer"), [("2997-06-01T00:00:00Z", (201, "")), (None, (403, "forbidden"))])
def test_a_key_that_ends_makes_none_that_ends_later(house, store, ada, end, answer):
    maker = key_headers(store, ada, "admin:write", expires_at=32_450_000_000.0)  # in April 2998
    wanted = {**WANTED, "scopes": ["admin:write"], "expires_at": end}

    assert code_of(house, "POST", KEYS, maker, json=wanted) == answer
    assert code_of(house, "POST", KEYS, maker, json={**wanted, "expires_at": WANTED["expires_at"]})[0] == 403


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["jobs:everything"]}, "scopes"),
        ({"expires_at": "2999-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "1999-01-01T00:00:00Z"}, "expires_at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_key_that_cannot_be_is_refused_by_what_is_wrong(house, browser, changes, where):
    response = house.post(KEYS, json={**WANTED, **changes}, headers=browser)

    assert (response.status_code, response.get_json()["errors"][0]["where"]) == (422, where)
    assert house.get(KEYS, headers=browser).get_json()["items"] == []


def test_there_is_an_end_to_keys(house, browser, store, ada):
    for _ in range(MOST_KEYS):
        create_key(store, ada.id, acting(ada), "one of many", ["jobs:read"], None)

    assert code_of(house, "POST", KEYS, browser, json=WANTED) == (409, "too_many_keys")


def test_a_scope_that_there_is_none_of_is_told_in_our_words(house, browser):
    refused = house.post(KEYS, json={"name": "n", "scopes": ["jobs:fly"]}, headers=browser)

    assert refused.get_json()["detail"].startswith("scopes: there is no scope 'jobs:fly'; there are ")
