"""Webhooks from a shell: registered, tried, looked at, sent again and removed."""

import json

import pytest
from support.documented_server import DOCUMENT
from support.scripted_server import Answer, scripted
from support.shell import run

from cli.commands.webhooks import EVENTS, event_names
from cli.exits import Exit

EXAMPLES = {name: DOCUMENT["components"]["examples"][name]["value"] for name in ("Webhook", "WebhookWithSecret")}
WEBHOOK, WITH_SECRET = EXAMPLES["Webhook"], EXAMPLES["WebhookWithSecret"]
DETAIL = DOCUMENT["components"]["examples"]["DeliveryDetail"]["value"]
ATTEMPT = {"at": "2026-11-28T10:00:00.000Z", "duration_s": 0.02, "status": 204, "answer": "", "error": None}
IN_VAIN = {**ATTEMPT, "status": 500, "error": "it answered 500"}


def told(**values: object) -> Answer:
    """A delivery."""
    return Answer(body=json.dumps({**DETAIL, **values}).encode())


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch):
    """Run a command against a server that answers this; the command's end, and what was asked."""

    def run_against(answers: list[Answer], *arguments: str):
        with scripted(*answers) as server:
            monkeypatch.setenv("TRIPTYCH_URL", server.url)
            done = run("webhooks", *arguments)
        return done, [(one.method, one.path, one.body) for one in server.asked]

    return run_against


def test_webhooks_are_listed_with_whether_they_get_through(ask) -> None:
    failing = {**WEBHOOK, "enabled": True, "failing_since": "2026-11-27T10:00:00.000Z"}

    done, _ = ask([Answer(body=json.dumps({"items": [failing]}).encode())])

    header, line = done.out.splitlines()
    assert header.split()[:3] == ["ID", "URL", "EVENTS"]
    assert line.startswith(WEBHOOK["id"])
    assert "failing since 2026-11-27" in line


def test_of_a_new_webhook_the_secret_alone_goes_to_standard_output(ask) -> None:
    done, [(_, path, body)] = ask(
        [Answer(201, json.dumps(WITH_SECRET).encode())], "add", "https://a.example", "-e", "job.failed", "-p", "x"
    )

    assert (done.status, done.out, path) == (Exit.DONE, f"{WITH_SECRET['secret']}\n", "/api/v1/webhooks")
    asked = json.loads(body)
    assert (asked["url"], asked["events"], asked["pipelines"]) == ("https://a.example", ["job.failed"], ["x"])


def test_without_events_a_webhook_is_told_of_all(ask) -> None:
    _, [(_, _, body)] = ask([Answer(201, json.dumps(WITH_SECRET).encode())], "add", "https://a.example")

    assert json.loads(body)["events"] == list(EVENTS)
    assert set(EVENTS) == set(
        DOCUMENT["components"]["schemas"]["WebhookRequest"]["properties"]["events"]["items"]["enum"]
    )


def test_a_test_is_waited_for_and_its_outcome_told(ask) -> None:
    sent, pending = told(attempts=[], state="pending"), told(attempts=[], state="pending")

    done, asked = ask([sent, pending, told(attempts=[ATTEMPT], state="delivered")], "test", WEBHOOK["id"])

    assert done.status == Exit.DONE
    assert "delivered" in done.out
    assert "204 after 0.02 s" in done.out
    assert asked[0][:2] == ("POST", f"/api/v1/webhooks/{WEBHOOK['id']}/test")


def test_a_test_that_does_not_get_through_ends_with_a_status(ask) -> None:
    sent = told(attempts=[], state="pending")

    done, _ = ask([sent, told(attempts=[IN_VAIN], state="failed")], "test", WEBHOOK["id"], "--json")

    assert done.status == Exit.JOB_FAILED
    assert json.loads(done.out)["attempts"][0]["status"] == 500
    assert done.err == "triptych: it did not get through: it answered 500\n"


def test_a_replay_is_told_by_its_own_attempt(ask) -> None:
    before = told(attempts=[IN_VAIN], state="failed")
    again = told(attempts=[IN_VAIN], state="pending")

    done, asked = ask(
        [before, again, again, told(attempts=[IN_VAIN, ATTEMPT], state="delivered")],
        "replay",
        WEBHOOK["id"],
        DETAIL["id"],
    )

    assert (done.status, [method for method, *_ in asked]) == (Exit.DONE, ["GET", "POST", "GET", "GET"])
    assert "2 tried" in done.out


def test_the_log_tells_a_delivery_a_line(ask) -> None:
    one = {name: value for name, value in DETAIL.items() if name != "body"} | {"attempts": [IN_VAIN]}

    done, [(_, path, _)] = ask(
        [Answer(body=json.dumps({"items": [one, one], "next": None}).encode())],
        "log",
        WEBHOOK["id"],
        "--state",
        "failed",
    )

    assert [line.split()[0] for line in done.out.splitlines()] == [DETAIL["id"]] * 2
    assert "state=failed" in path


def test_a_webhook_is_disabled_and_removed(ask) -> None:
    off = {**WEBHOOK, "enabled": False, "disabled_reason": "its owner disabled it"}

    disabled, [(_, _, body)] = ask([Answer(body=json.dumps(off).encode())], "disable", WEBHOOK["id"])
    removed, [(method, _, _)] = ask([Answer(204, b"")], "remove", WEBHOOK["id"])

    assert json.loads(body) == {"enabled": False}
    assert "disabled: its owner disabled it" in disabled.out
    assert (removed.status, removed.out, method) == (Exit.DONE, "", "DELETE")


def test_events_are_completed() -> None:
    assert list(event_names("job.s")) == ["job.succeeded"]
