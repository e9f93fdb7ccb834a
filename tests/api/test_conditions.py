"""Conditional requests and ranges: what is known is not sent again, and a part is a part of what its asker has."""

import json
import shutil
from pathlib import Path

import pytest
from flask import Flask, Response

from api import EXTENSION
from api.app import create_app
from api.conditions import heed_conditions
from triptych.settings import Settings
from triptych.store import open_store

ROOT = Path(__file__).parent.parent.parent
FILES = "/api/v1/files"
DIGITS = b"0123456789"


@pytest.fixture(scope="module")
def ask(tmp_path_factory, migrated_sqlite, redis_url):
    """Send a request to the end of its answer; all tests share one application, since they look and change little."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(migrated_sqlite, home / "triptych.db")
    store = open_store(Settings(home=home, redis_url=redis_url, offline=True), synchronous="OFF")
    app = create_app(store.settings, store, home / "dist")
    client = app.test_client()

    def send(url: str, method: str = "GET", body: object = None, **headers: str):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        content = {"data": body} if isinstance(body, bytes) else {"json": body}
        asked = {} if body is None else content
        with client.open(url, method=method, headers=sent, base_url="http://localhost", buffered=True, **asked) as told:
            return told

    yield send
    app.extensions[EXTENSION].hub.stop()
    store.close()


@pytest.fixture(scope="module")
def digits(ask):
    """A file of ten digits, as told."""
    return ask(f"{FILES}?name=a.txt", "POST", DIGITS).get_json()


@pytest.fixture
def job(ask):
    """The address of a new job."""
    asked = {"pipeline": "text.keywords", "text": "the quick brown fox"}
    return ask("/api/v1/jobs", "POST", asked).headers["Location"]


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=7-99", 206, b"789", "bytes 7-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-99", 206, DIGITS, "bytes 0-9/10"),
        ("bytes=0-1,4-5", 200, DIGITS, None),
        ("bytes=5-2", 200, DIGITS, None),
        ("bytes=a-b", 200, DIGITS, None),
        ("bytes=-0", 200, DIGITS, None),
        ("lines=1-2", 200, DIGITS, None),
        ("bytes=10-", 416, None, "bytes */10"),
    ],
)
def test_range_is_answered_by_those_bytes_by_all_or_by_the_size(digits, ask, asked, status, body, content_range):
    response = ask(digits["url"], Range=asked)

    assert (response.status_code, response.headers.get("Content-Range")) == (status, content_range)
    assert body is None or (response.data, response.content_length) == (body, len(body))


@pytest.mark.parametrize("asked", ["bytes=-5", "bytes=0-", "bytes=0-,-1"])
def test_range_of_what_is_empty_is_answered_by_all_of_it(asked):
    with Flask("empty").test_request_context(headers={"Range": asked}):
        response = Response(b"")
        response.set_etag("empty")

        assert heed_conditions(response, size_bytes=0).status_code == 200


@pytest.mark.parametrize(
    ("if_range", "status"), [("{tag}", 206), ("W/{tag}", 200), ('"another"', 200), ("{date}", 200), ("nonsense", 200)]
)
def test_range_is_sent_only_to_whom_has_the_same_content(digits, ask, if_range, status):
    whole = ask(digits["url"]).headers
    said = if_range.format(tag=whole["ETag"], date=whole["Last-Modified"])

    within, behind = (ask(digits["url"], Range=wanted, If_Range=said) for wanted in ("bytes=0-1", "bytes=10-"))

    assert within.status_code == status
    assert behind.status_code == (416 if status == 206 else 200)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"If_None_Match": "{tag}"}, 304),
        ({"If_None_Match": 'W/{tag}, "another"'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": "{tag}", "Range": "bytes=0-1"}, 304),
        ({"If_None_Match": "{tag}", "Range": "bytes=10-"}, 304),
        ({"If_None_Match": '"another"', "Range": "bytes=0-1"}, 206),
        ({"If_None_Match": '"another"', "If_Modified_Since": "{date}"}, 200),
        ({"If_Modified_Since": "{date}"}, 304),
        ({"If_Modified_Since": "Sun, 06 Nov 1994 08:49:37 GMT"}, 200),
        ({"If_Match": "{tag}"}, 200),
        ({"If_Match": "{tag}", "Range": "bytes=0-1"}, 206),
        ({"If_Match": '"another", {tag}'}, 200),
        ({"If_Match": "*"}, 200),
        ({"If_Match": "{tag}", "If_None_Match": "{tag}"}, 304),
        ({"If_Match": "{tag}", "If_Unmodified_Since": "Sun, 06 Nov 1994 08:49:37 GMT"}, 200),
        ({"If_Match": '"another"'}, 412),
        ({"If_Match": "W/{tag}"}, 412),
        ({"If_Match": '"another"', "If_None_Match": "{tag}"}, 412),
        ({"If_Match": '"another"', "Range": "bytes=10-"}, 412),
        ({"If_Unmodified_Since": "yesterday", "If_Modified_Since": "yesterday"}, 200),
        ({"If_Unmodified_Since": "Sun, 06 Nov 1994 08:49:37 GMT"}, 412),
    ],
)
def test_condition_decides_what_is_sent(digits, ask, condition, status):
    whole = ask(digits["url"]).headers
    said = {name: value.format(tag=whole["ETag"], date=whole["Last-Modified"]) for name, value in condition.items()}

    response = ask(digits["url"], **said)

    assert response.status_code == status
    assert response.headers.get("ETag") == (None if status == 412 else whole["ETag"])
    assert status != 304 or response.data == b""
    assert status != 412 or response.get_json()["code"] == "precondition_failed"


def test_content_is_kept_by_its_asker_alone_and_asked_for_again(digits, ask):
    headers = ask(digits["url"]).headers

    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["ETag"] == f'"{digits["sha256"]}"'


@pytest.mark.parametrize("url", ["/api/v1/jobs", "{job}", "/api/v1/pipelines", "/openapi.json"])
def test_json_that_has_not_changed_is_not_sent_again(ask, job, url):
    first = ask(url.format(job=job))

    second = ask(url.format(job=job), If_None_Match=first.headers["ETag"])

    assert (second.status_code, second.data) == (304, b"")
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "private, no-cache"


def test_json_that_has_changed_is_sent(ask, job):
    before = ask(job).headers["ETag"]
    ask(f"{job}/cancel", "POST")

    after = ask(job, If_None_Match=before)

    assert (after.status_code, after.get_json()["state"]) == (200, "cancelled")


def test_answers_to_changes_problems_and_health_are_kept_nowhere(ask):
    answers = [ask(f"{FILES}?name=a.txt", "POST", b"words"), ask("/api/v1/nothing"), ask("/health/live")]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 3
    assert ["ETag" in answer.headers for answer in answers] == [False] * 3


def test_condition_of_json_that_does_not_hold_is_refused(ask):
    response = ask("/api/v1/pipelines", If_Match='"another"')

    assert (response.status_code, response.get_json()["code"]) == (412, "precondition_failed")


def test_condition_on_a_change_is_refused_rather_than_ignored(ask, digits):
    response = ask(f"{FILES}/{digits['id']}", "DELETE", If_Match='"another"')

    assert (response.status_code, response.get_json()["code"]) == (400, "bad_request")
    assert ask(f"{FILES}/{digits['id']}").status_code == 200


def test_head_is_answered_as_get_without_its_body(ask, digits, job):
    paths = json.loads((ROOT / "openapi.json").read_text())["paths"]
    plain = [path for path, item in paths.items() if "get" in item and "{" not in path]
    wanted = [*plain, job, f"{job}/parts", f"{FILES}/{digits['id']}", digits["url"], "/docs", "/openapi.json"]

    gets, heads = [ask(url) for url in wanted], [ask(url, "HEAD") for url in wanted]

    assert [head.data for head in heads] == [b""] * len(wanted)
    assert [(head.status_code, set(head.headers.keys())) for head in heads] == [
        (get.status_code, set(get.headers.keys())) for get in gets
    ]


@pytest.mark.parametrize("asked", ["bytes=0-1", "bytes=10-"])
def test_head_of_a_content_tells_its_size_and_ignores_ranges(ask, digits, asked):
    head = ask(digits["url"], "HEAD", Range=asked)

    assert (head.status_code, head.content_length, head.data) == (200, len(DIGITS), b"")


@pytest.mark.parametrize(("condition", "status"), [("If_None_Match", 304), ("If_Match", 200)])
def test_head_heeds_conditions(ask, digits, condition, status):
    tag = f'"{digits["sha256"]}"'

    head, other = ask(digits["url"], "HEAD", **{condition: tag}), ask(digits["url"], "HEAD", If_Match='"another"')

    assert (head.status_code, head.headers["ETag"]) == (status, tag)
    assert (other.status_code, other.data) == (412, b"")


def test_openais_clients_are_told_of_conditions_and_ranges_in_their_shape(ask, digits):
    url = f"/v1/files/file-{digits['id']}/content"
    tag = ask(url).headers["ETag"]

    same, part = ask(url, If_None_Match=tag), ask(url, Range="bytes=-3")
    behind, other = ask(url, Range="bytes=10-"), ask(url, If_Match='"another"')

    assert [same.status_code, part.status_code, part.data] == [304, 206, b"789"]
    assert (behind.headers["Content-Range"], behind.get_json()["error"]["code"]) == (
        "bytes */10",
        "range_not_satisfiable",
    )
    assert (other.status_code, other.get_json()["error"]["code"]) == (412, "precondition_failed")
