"""Users as administrators look after them: invited, changed, disabled, deleted; and what is written down of it."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest
from support.accounts import an_account, code_of, house_settings, key_headers, signed_in, without_jar

from triptych.accounts.audit import list_entries
from triptych.accounts.values import Role
from triptych.garbage import collect_garbage
from triptych.retention.rules import own_rules

USERS, INVITATIONS, AUDIT = "/api/v1/users", "/api/v1/invitations", "/api/v1/audit"
INVITED = {"email": "Bob@Triptych.example", "role": "viewer"}
BOB = {"name": "Bob", "password": "correct horse battery staple"}


@pytest.fixture
def house(store, make_client):
    return without_jar(make_client(house_settings(store.settings), store))


@pytest.fixture
def eve(store):
    """An administrator, the only one."""
    return an_account(store, "eve", Role.ADMIN)


@pytest.fixture
def admin(store, eve):
    """What her browser sends."""
    return signed_in(store, eve).headers


def told(house, url, headers):
    return house.get(url, headers=headers).get_json()["items"]


def test_an_invitation_makes_one_account_once(house, admin):
    made = house.post(INVITATIONS, json=INVITED, headers=admin).get_json()
    token = made["link"].removeprefix("http://localhost:8000/invitation#")

    accepted = house.post("/api/v1/invitations/accept", json={"token": token, **BOB})
    again = house.post("/api/v1/invitations/accept", json={"token": token, **BOB})

    assert (accepted.status_code, again.status_code) == (201, 404)
    user = accepted.get_json()["user"]
    assert (user["email"], user["role"], user["name"]) == ("bob@triptych.example", "viewer", "Bob")
    assert told(house, INVITATIONS, admin) == []
    assert {one["email"] for one in told(house, USERS, admin)} == {"eve@triptych.example", "bob@triptych.example"}
    assert house.post("/api/v1/session", json={"email": user["email"], "password": BOB["password"]}).status_code == 201


@pytest.mark.parametrize("email", ["notanaddress", "a@b@c", "a b@c", "a@", "a@b\n", "a@b\x1f"])
def test_what_is_no_address_is_told_in_words(house, admin, email):
    refused = house.post(INVITATIONS, json={"email": email, "role": "viewer"}, headers=admin)

    problem = refused.get_json()
    assert (refused.status_code, problem["code"]) == (422, "invalid_request")
    assert problem["detail"].startswith("email: an address has one @ with something on either side")


def test_a_name_with_a_line_break_is_refused_in_words(house, admin):
    made = house.post(INVITATIONS, json=INVITED, headers=admin).get_json()
    token = made["link"].partition("#")[2]

    refused = house.post("/api/v1/invitations/accept", json={"token": token, **BOB, "name": "Bob\n"})

    assert refused.status_code == 422
    assert refused.get_json()["detail"].startswith("name: a name has no line breaks")


def test_a_revoked_or_replaced_invitation_lets_nobody_in(house, admin):
    first, second = (house.post(INVITATIONS, json=INVITED, headers=admin).get_json() for _ in range(2))

    revoked = house.delete(f"{INVITATIONS}/{second['id']}", headers=admin)

    tokens = [one["link"].partition("#")[2] for one in (first, second)]
    accepted = [code_of(house, "POST", f"{INVITATIONS}/accept", {}, json={"token": one, **BOB}) for one in tokens]
    assert revoked.status_code == 204
    assert accepted == [(404, "not_found")] * 2
    assert code_of(house, "DELETE", f"{INVITATIONS}/{first['id']}", admin) == (404, "not_found")


def test_who_has_an_account_is_not_invited(house, admin):
    asked = {"email": "eve@triptych.example"}

    assert code_of(house, "POST", INVITATIONS, admin, json=asked) == (409, "email_taken")


def test_a_disabled_user_is_out_at_once_and_in_again_when_enabled(house, store, admin):
    bob = an_account(store, "bob")
    browser, program = signed_in(store, bob).headers, key_headers(store, bob)

    disabled = house.patch(f"{USERS}/{bob.id}", json={"disabled": True}, headers=admin).get_json()
    out = [house.get("/api/v1/session", headers=one).status_code for one in (browser, program)]
    enabled = house.patch(f"{USERS}/{bob.id}", json={"disabled": False}, headers=admin).get_json()
    again = [house.get("/api/v1/session", headers=one).status_code for one in (browser, program)]

    assert (disabled["disabled_at"] is not None, out) == (True, [401, 401])
    assert (enabled["disabled_at"], again) == (None, [401, 200])


def test_another_role_holds_from_the_next_request(house, store, admin):
    bob = an_account(store, "bob")
    browser = signed_in(store, bob).headers
    asked = {"pipeline": "text.keywords", "text": "words"}
    before = house.post("/api/v1/jobs", json=asked, headers=browser).status_code

    house.patch(f"{USERS}/{bob.id}", json={"role": "viewer"}, headers=admin)

    assert (before, code_of(house, "POST", "/api/v1/jobs", browser, json=asked)) == (202, (403, "forbidden"))


@pytest.mark.parametrize("change", [{"role": "member"}, {"disabled": True}])
def test_the_last_administrator_stays_one(house, store, admin, eve, change):
    an_account(store, "out", Role.ADMIN)
    [out] = [one for one in told(house, USERS, admin) if one["email"].startswith("out")]
    house.patch(f"{USERS}/{out['id']}", json={"disabled": True}, headers=admin)

    assert code_of(house, "PATCH", f"{USERS}/{eve.id}", admin, json=change) == (409, "last_admin")
    assert code_of(house, "DELETE", f"{USERS}/{eve.id}", admin) == (409, "last_admin")
    assert code_of(house, "GET", USERS, admin) == (200, "")


def test_nobody_who_has_something_is_deleted(house, store, admin):
    bob = an_account(store, "bob")
    program = key_headers(store, bob)
    job = house.post("/api/v1/jobs", json={"pipeline": "text.keywords", "text": "words"}, headers=program).get_json()

    refused = house.delete(f"{USERS}/{bob.id}", headers=admin)

    assert (refused.status_code, refused.get_json()["code"]) == (409, "owns_things")
    assert "jobs" in refused.get_json()["detail"]
    house.post(f"/api/v1/jobs/{job['id']}/cancel", headers=program)
    house.delete(f"/api/v1/jobs/{job['id']}?inputs=true", headers=program)
    assert house.delete(f"{USERS}/{bob.id}", headers=admin).status_code == 204
    assert house.get("/api/v1/session", headers=program).status_code == 401
    assert code_of(house, "DELETE", f"{USERS}/{bob.id}", admin) == (404, "not_found")


def test_rules_alone_keep_nobody_from_being_deleted(house, store, admin):
    bob = an_account(store, "bob")
    house.put("/api/v1/retention", json={"rules": []}, headers=key_headers(store, bob))

    assert house.delete(f"{USERS}/{bob.id}", headers=admin).status_code == 204
    assert own_rules(store, bob.id) is None


def test_users_come_in_pages(house, store, admin):
    for name in ("ada", "bob"):
        an_account(store, name)

    first = house.get(f"{USERS}?limit=2", headers=admin).get_json()
    second = house.get(f"{USERS}?limit=2&cursor={first['next']}", headers=admin).get_json()

    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert len({one["id"] for one in first["items"] + second["items"]}) == 3


def test_what_administrators_do_is_written_down_with_the_address(house, store, admin, eve):
    bob = an_account(store, "bob")

    house.patch(f"{USERS}/{bob.id}", json={"role": "viewer", "quotas": {"jobs_queued": 5}}, headers=admin)

    [entry] = house.get(f"{AUDIT}?limit=1", headers=admin).get_json()["items"]
    assert (entry["actor_id"], entry["action"], entry["object_id"]) == (eve.id, "user.changed", bob.id)
    assert entry["address"] == "127.0.0.1"
    assert entry["detail"] == {"email": bob.email, "role": "viewer", "quota_queued": 5}


def test_everybody_else_sees_what_they_did_themselves(house, store, admin):
    bob = an_account(store, "bob")
    browser = signed_in(store, bob).headers
    house.patch(f"{USERS}/{bob.id}", json={"quotas": {"jobs_queued": 5}}, headers=admin)

    his = told(house, AUDIT, browser)
    all_of_it = told(house, AUDIT, admin)

    assert [one["action"] for one in his] == ["session.begun"]
    assert [one["action"] for one in all_of_it] == ["user.changed", "session.begun", "session.begun"]


def test_what_was_written_down_comes_in_pages(house, store, admin):
    for name in ("ada", "bob", "cem"):
        signed_in(store, an_account(store, name))

    first = house.get(f"{AUDIT}?limit=3", headers=admin).get_json()
    second = house.get(f"{AUDIT}?limit=3&cursor={first['next']}", headers=admin).get_json()

    assert [len(first["items"]), len(second["items"]), second["next"]] == [3, 1, None]


def test_an_accounts_own_quota_goes_before_the_settings(store, make_client):
    bounded = house_settings(store.settings, quota_queued=1)
    house = without_jar(make_client(bounded, replace(store, settings=bounded)))
    admin = signed_in(store, an_account(store, "eve", Role.ADMIN)).headers
    bob, cem = an_account(store, "bob"), an_account(store, "cem")
    asked = {"pipeline": "text.keywords", "text": "words"}

    house.patch(f"{USERS}/{bob.id}", json={"quotas": {"jobs_queued": 2}}, headers=admin)

    his, other = key_headers(store, bob), key_headers(store, cem)
    assert [house.post("/api/v1/jobs", json=asked, headers=his).status_code for _ in range(3)] == [202, 202, 429]
    assert [house.post("/api/v1/jobs", json=asked, headers=other).status_code for _ in range(2)] == [202, 429]
    assert house.get("/api/v1/session", headers=his).get_json()["limits"]["jobs_queued"] == 2


def test_whatever_bounds_an_account_is_told_to_it_and_to_administrators(house, store, admin):
    bob = an_account(store, "bob")
    quotas = {"jobs_queued": 5, "jobs_in_flight": 2, "file_bytes": 1000, "uploads": 3}

    changed = house.patch(f"{USERS}/{bob.id}", json={"quotas": quotas}, headers=admin).get_json()
    limits = house.get("/api/v1/session", headers=key_headers(store, bob)).get_json()["limits"]
    back = house.patch(f"{USERS}/{bob.id}", json={"quotas": {"uploads": None, "jobs_in_flight": 0}}, headers=admin)

    assert changed["quotas"] == quotas
    assert {name: limits[name] for name in quotas} == quotas
    assert back.get_json()["quotas"] == {**quotas, "uploads": None, "jobs_in_flight": 0}


def test_uploads_under_way_are_bounded_by_the_accounts_own_quota(store, make_client):
    bounded = house_settings(store.settings, quota_uploads=1)
    house = without_jar(make_client(bounded, replace(store, settings=bounded)))
    admin = signed_in(store, an_account(store, "eve", Role.ADMIN)).headers
    bob, cem = an_account(store, "bob"), an_account(store, "cem")
    house.patch(f"{USERS}/{bob.id}", json={"quotas": {"uploads": 2}}, headers=admin)

    def begun(user, times):
        asked = {**key_headers(store, user), "Tus-Resumable": "1.0.0", "Upload-Length": "5"}
        return [house.post("/api/v1/uploads", headers=asked).status_code for _ in range(times)]

    assert (begun(bob, 3), begun(cem, 2)) == ([201, 201, 429], [201, 429])


def test_what_was_written_down_goes_when_it_is_old(store, admin):
    later = replace(store, clock=lambda: store.clock() + store.settings.audit_s + 60)

    collect_garbage(later)

    assert list_entries(store, None, None, 10) == []


def test_requests_of_one_account_are_counted_and_told(store, make_client):
    house = without_jar(make_client(house_settings(store.settings, requests_a_minute=2), store))
    ada, bob = (key_headers(store, an_account(store, name)) for name in ("ada", "bob"))

    answers = [house.get("/api/v1/jobs", headers=ada) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["X-RateLimit-Remaining"] for one in answers] == ["1", "0", "0"]
    told, again_s = answers[2].get_json(), int(answers[2].headers["Retry-After"])
    assert (told["code"], 0 < again_s <= 60) == ("rate_limited", True)
    assert re.fullmatch(r"you and your programs may ask 2 times a minute: try again in \d+ s", told["detail"])
    assert house.get("/api/v1/jobs", headers=bob).status_code == 200


def test_what_need_not_be_asked_again_says_not_when(store, make_client):
    house = without_jar(make_client(house_settings(store.settings, requests_a_minute=2), store))
    ada = key_headers(store, an_account(store, "ada"))

    told, missing = (house.get(f"/api/v1/jobs{path}", headers=ada) for path in ("", f"/{uuid4()}"))

    assert [(one.status_code, one.headers.get("Retry-After")) for one in (told, missing)] == [(200, None), (404, None)]
    assert all("X-RateLimit-Reset" in one.headers for one in (told, missing))


def test_requests_are_counted_also_while_redis_is_away(store, make_client, tmp_path):
    gone = house_settings(store.settings, requests_a_minute=2, redis_url=f"unix://{tmp_path / 'nobody.sock'}")
    house = without_jar(make_client(gone, store))
    ada = key_headers(store, an_account(store, "ada"))

    assert [house.get("/api/v1/jobs", headers=ada).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("url", [USERS, AUDIT])
def test_what_is_told_of_users_is_asked_for_by_a_stretch_of_time(house, admin, url):
    house.post(INVITATIONS, json=INVITED, headers=admin)

    assert told(house, f"{url}?created_after=2020-01-01", admin) == told(house, url, admin) != []
    assert told(house, f"{url}?created_before=2020-01-01", admin) == []
