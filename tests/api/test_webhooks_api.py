"""Webhooks over the API: registered where they may lead, told without their secret, tried, and their log read."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from support.receiver import Receiver, deliver, receiving

from api import EXTENSION
from api.room import LOOKUPS_EACH
from triptych.accounts.values import LOCAL_USER
from triptych.settings import Settings
from triptych.store import Store
from triptych.webhooks.registry import MOST_WEBHOOKS
from triptych.webhooks.values import EventName

HOOKS = "/api/v1/webhooks"
PUBLIC = "https://93.184.216.34/hooks"
NOWHERE = "00000000-0000-7000-8000-000000000000"
ASKED: dict[str, Any] = {"url": PUBLIC, "events": ["job.succeeded"]}  # Any: JSON


@pytest.fixture
def client(settings: Settings, sqlite_store: Store, make_client) -> FlaskClient:
    """The API of a house that may reach the Internet, of which these tests use no more than addresses."""
    return make_client(settings.model_copy(update={"offline": False}), sqlite_store)


@pytest.fixture
def at_home(settings: Settings, sqlite_store: Store, make_client) -> FlaskClient:
    """The API of a house whose webhooks may lead to itself."""
    return make_client(settings.model_copy(update={"webhook_private": True}), sqlite_store)


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


def registered(client: FlaskClient, **asked: Any) -> dict[str, Any]:  # Any: JSON
    response = client.post(HOOKS, json={**ASKED, **asked})
    assert response.status_code == 201, response.text
    told: dict[str, Any] = response.get_json()
    return told


def log_of(client: FlaskClient, hook: dict[str, Any], query: str = "") -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"{HOOKS}/{hook['id']}/deliveries{query}").get_json()
    return told


def test_a_webhook_tells_its_secret_once(client: FlaskClient) -> None:
    response = client.post(HOOKS, json={**ASKED, "description": "mine", "pipelines": ["audio.transcribe"]})

    made = response.get_json()
    assert response.headers["Location"] == f"{HOOKS}/{made['id']}"
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made["enabled"]
    assert (made["description"], made["pipelines"]) == ("mine", ["audio.transcribe"])
    assert client.get(f"{HOOKS}/{made['id']}").get_json() == made
    assert client.get(HOOKS).get_json() == {"items": [made]}


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "ftp://93.184.216.34/",
        "https://user:word@93.184.216.34/",
        "nonsense",
    ],
)
def test_a_url_that_leads_where_nobody_else_could_reach_is_refused(client: FlaskClient, url: str) -> None:
    hook = registered(client)

    responses = [
        client.post(HOOKS, json={**ASKED, "url": url}),
        client.patch(f"{HOOKS}/{hook['id']}", json={"url": url}),
    ]

    told = [(response.status_code, response.get_json()["code"]) for response in responses]
    assert told == [(422, "bad_webhook_url")] * 2
    assert [one["url"] for one in client.get(HOOKS).get_json()["items"]] == [PUBLIC]


def test_a_house_that_is_offline_registers_nothing_beyond_itself(sqlite_client: FlaskClient) -> None:
    response = sqlite_client.post(HOOKS, json=ASKED)

    assert response.status_code == 422
    assert "offline" in response.get_json()["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        {"url": PUBLIC},
        {**ASKED, "events": []},
        {**ASKED, "events": ["webhook.test"]},
        {**ASKED, "events": ["job.exploded"]},
        {**ASKED, "pipelines": ["no such name"]},
        {**ASKED, "secret": "whsec_mine"},
    ],
)
def test_what_is_no_webhook_is_refused(client: FlaskClient, asked: dict[str, Any]) -> None:
    response = client.post(HOOKS, json=asked)

    assert (response.status_code, response.get_json()["code"]) == (422, "invalid_request")
    assert client.get(HOOKS).get_json() == {"items": []}


def test_a_pipeline_that_there_is_none_of_is_refused_by_its_place(client: FlaskClient) -> None:
    hook = registered(client, pipelines=["chat.reply", "text.keywords"])
    unknown = {"pipelines": ["text.keywords", "audio.transcribed"]}

    responses = [client.post(HOOKS, json={**ASKED, **unknown}), client.patch(f"{HOOKS}/{hook['id']}", json=unknown)]

    problems = [response.get_json() for response in responses]
    assert [(one["status"], one["code"], one["errors"][0]["where"]) for one in problems] == [
        (422, "unknown_pipeline", "pipelines.1")
    ] * 2
    assert "audio.transcribe," in problems[0]["detail"]
    assert [one["pipelines"] for one in client.get(HOOKS).get_json()["items"]] == [["chat.reply", "text.keywords"]]


def test_a_refusal_names_the_events_that_there_are(client: FlaskClient) -> None:
    response = client.post(HOOKS, json={**ASKED, "events": ["job.exploded"]})

    told = response.get_json()["errors"]
    assert [one["where"] for one in told] == ["events.0"]
    assert [event.value for event in EventName if event.value not in told[0]["message"]] == ["webhook.test"]


def test_there_is_an_end_to_how_many_one_may_have(client: FlaskClient) -> None:
    for _ in range(MOST_WEBHOOKS):
        registered(client)

    response = client.post(HOOKS, json=ASKED)

    assert (response.status_code, response.get_json()["code"]) == (409, "too_many_webhooks")


def test_what_is_not_named_stays_as_it_is(client: FlaskClient) -> None:
    hook = registered(client, description="mine")

    changed = client.patch(f"{HOOKS}/{hook['id']}", json={"events": ["job.failed"], "enabled": False}).get_json()

    assert (changed["events"], changed["description"], changed["url"]) == (["job.failed"], "mine", PUBLIC)
    assert (changed["enabled"], changed["disabled_reason"]) == (False, "its owner disabled it")
    assert client.patch(f"{HOOKS}/{hook['id']}", json={"enabled": True}).get_json()["disabled_reason"] is None


def test_a_webhook_goes_with_its_log(client: FlaskClient) -> None:
    hook = registered(client)
    client.post(f"{HOOKS}/{hook['id']}/test")

    response = client.delete(f"{HOOKS}/{hook['id']}")

    assert response.status_code == 204
    assert client.get(f"{HOOKS}/{hook['id']}").status_code == 404
    assert client.get(f"{HOOKS}/{hook['id']}/deliveries").status_code == 404


def test_the_test_button_sends_at_once_and_the_log_tells_how_it_went(
    at_home: FlaskClient, sqlite_store: Store, receiver: Receiver
) -> None:
    receiver.status, receiver.text = 200, b"thank you"
    hook = registered(at_home, url=receiver.url)

    accepted = at_home.post(f"{HOOKS}/{hook['id']}/test")
    deliver(sqlite_store)

    [got] = receiver.got
    assert got.verified(hook["secret"])["type"] == "webhook.test"
    assert accepted.status_code == 202
    told = at_home.get(accepted.headers["Location"]).get_json()
    [attempt] = told["attempts"]
    assert (told["state"], told["event"], told["body"]["type"]) == ("delivered", "webhook.test", "webhook.test")
    assert (attempt["status"], attempt["answer"], attempt["error"]) == (200, "thank you", None)


def test_the_log_is_read_by_pages_and_by_state(at_home: FlaskClient, sqlite_store: Store, receiver: Receiver) -> None:
    hook = registered(at_home, url=receiver.url)
    sent = [at_home.post(f"{HOOKS}/{hook['id']}/test").get_json()["id"] for _ in range(3)]
    deliver(sqlite_store)
    pending = at_home.post(f"{HOOKS}/{hook['id']}/test").get_json()["id"]

    first = log_of(at_home, hook, "?limit=2")
    second = log_of(at_home, hook, f"?limit=2&cursor={first['next']}")

    assert [one["id"] for one in [*first["items"], *second["items"]]] == [pending, *reversed(sent)]
    assert second["next"] is None
    assert [one["id"] for one in log_of(at_home, hook, "?state=pending")["items"]] == [pending]
    assert len(log_of(at_home, hook, "?created_after=2020-01-01")["items"]) == 4
    assert log_of(at_home, hook, "?created_before=2020-01-01")["items"] == []
    assert log_of(at_home, hook, f"?cursor={NOWHERE}")["code"] == "invalid_request"


def test_a_replay_sends_the_same_event_again(at_home: FlaskClient, sqlite_store: Store, receiver: Receiver) -> None:
    hook = registered(at_home, url=receiver.url)
    location = at_home.post(f"{HOOKS}/{hook['id']}/test").headers["Location"]
    early = at_home.post(f"{location}/replay")
    deliver(sqlite_store)

    accepted = at_home.post(f"{location}/replay")
    deliver(sqlite_store)

    assert (early.status_code, early.get_json()["code"]) == (409, "delivery_pending")
    assert accepted.status_code == 202
    first, second = receiver.got
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert len(at_home.get(location).get_json()["attempts"]) == 2


def test_nothing_is_sent_to_a_disabled_webhook(client: FlaskClient) -> None:
    hook = registered(client)
    location = client.post(f"{HOOKS}/{hook['id']}/test").headers["Location"]
    client.patch(f"{HOOKS}/{hook['id']}", json={"enabled": False})

    responses = [client.post(f"{HOOKS}/{hook['id']}/test"), client.post(f"{location}/replay")]

    assert [one.get_json()["code"] for one in responses] == ["webhook_disabled"] * 2
    assert client.get(location).get_json()["state"] == "failed"


def test_both_secrets_sign_while_a_receiver_changes_over(
    at_home: FlaskClient, sqlite_store: Store, receiver: Receiver
) -> None:
    hook = registered(at_home, url=receiver.url)

    rotated = at_home.post(f"{HOOKS}/{hook['id']}/secret").get_json()
    at_home.post(f"{HOOKS}/{hook['id']}/test")
    deliver(sqlite_store)

    [got] = receiver.got
    assert rotated["secret"] != hook["secret"]
    assert rotated["old_secret_until"] is not None
    assert got.verified(rotated["secret"]) == got.verified(hook["secret"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/secret"),
        ("POST", "/test"),
        ("GET", "/deliveries"),
        ("GET", f"/deliveries/{NOWHERE}"),
        ("POST", f"/deliveries/{NOWHERE}/replay"),
    ],
)
def test_what_is_not_there_is_told_as_that(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(f"{HOOKS}/{NOWHERE}{path}", method=method, json={} if method == "PATCH" else None)

    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")


def test_slow_names_are_resolved_a_few_at_a_time(client: FlaskClient) -> None:
    lookups = client.application.extensions[EXTENSION].lookups
    taken = [lookups.take(LOCAL_USER) for _ in range(LOOKUPS_EACH)]

    refused = client.post(HOOKS, json=ASKED)
    lookups.give_back(LOCAL_USER)
    granted = client.post(HOOKS, json=ASKED)

    assert all(taken)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "too_many_clients")
    assert int(refused.headers["Retry-After"]) > 0
    assert granted.status_code == 201
