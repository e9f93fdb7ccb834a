"""Lists: told in pages that lead to each other, and of what came between two moments."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from support.remembering import passage, remember
from support.stores import HandClock
from support.tus import begun

from api.room import LOCAL_USER

NOWHERE = "00000000-0000-7000-8000-000000000000"
DOCUMENT = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())


def an_upload(client):
    return {"id": begun(client, 5).rpartition("/")[2]}


def a_file(client):
    return client.post("/api/v1/files?name=a.txt", data=b"words").get_json()


def a_job(client):
    return client.post("/api/v1/jobs", json={"pipeline": "text.keywords", "text": "the quick brown fox"}).get_json()


def a_batch(client):
    return client.post("/api/v1/batches", json={"files": [NOWHERE], "pipeline": "text.keywords"}).get_json()


MADE = {"jobs": a_job, "files": a_file, "batches": a_batch, "uploads": an_upload}


@pytest.fixture
def three(request, client):
    """Three of one kind, oldest first."""
    return [MADE[request.param](client) for _ in range(3)]


def came_at(told) -> str:
    """When its id was made."""
    return datetime.fromtimestamp((UUID(told["id"]).int >> 80) / 1000, UTC).isoformat()


def listed(client, url: str, **asked: str) -> list[str]:
    return [one.get("source", one)["id"] for one in client.get(url, query_string=asked).get_json()["items"]]


@pytest.mark.parametrize(("three", "url"), [(kind, f"/api/v1/{kind}") for kind in MADE], indirect=["three"])
def test_what_came_between_two_moments_is_listed(client, three, url):
    first, second, third = (one["id"] for one in three)
    at = came_at(three[1])

    assert set(listed(client, url, created_after=at)) >= {second, third}
    assert first not in listed(client, url, created_after=at)
    assert first in listed(client, url, created_before=at)
    assert listed(client, url, created_after=at, created_before=at) == []
    assert not {second, third} & set(listed(client, url, created_before=at, cursor=third))


def a_conversation(client, store):
    return client.post("/api/v1/conversations", json={}).get_json()["id"]


def a_source(client, store):
    remember(store, passage("words"), owner=LOCAL_USER)
    return listed(client, "/api/v1/memory/sources", limit="1")[0]


@pytest.mark.parametrize(("make", "url"), [(a_conversation, "conversations"), (a_source, "memory/sources")])
def test_what_came_between_two_moments_is_listed_by_the_moment_that_is_told(make_client, store, make, url):
    clock = HandClock()
    client = make_client(store.settings, replace(store, clock=clock))
    three = []
    for _ in range(3):
        three.append(make(client, replace(store, clock=clock)))
        clock.forward(60)
    second = datetime.fromtimestamp(clock() - 120, UTC).isoformat()
    third = datetime.fromtimestamp(clock() - 60, UTC).isoformat()

    assert set(listed(client, f"/api/v1/{url}", created_after=second)) == set(three[1:])
    assert listed(client, f"/api/v1/{url}", created_before=second) == three[:1]
    assert listed(client, f"/api/v1/{url}", created_after=second, created_before=third) == three[1:2]


def test_batches_are_listed_by_their_state(client):
    batch_id = a_batch(client)["id"]

    assert listed(client, "/api/v1/batches", state="validating") == [batch_id]
    assert listed(client, "/api/v1/batches", state="finished") == []


@pytest.mark.parametrize("three", ["files"], indirect=True)
def test_link_leads_from_page_to_page_with_what_was_asked(client, three):
    seen, url = [], f"/api/v1/files?limit=1&created_after={came_at(three[0])[:10]}"

    while url:
        page = client.get(url)
        seen += [one["id"] for one in page.get_json()["items"]]
        link = re.fullmatch(r'<(.+)>; rel="next"', page.headers.get("Link", ""))
        url = link[1] if link else None

    assert seen == [one["id"] for one in reversed(three)]


def test_every_list_that_has_pages_is_asked_for_them_by_the_same_names():
    pages = {
        operation["operationId"]: {one.get("name") for one in operation.get("parameters", [])}
        for item in DOCUMENT["paths"].values()
        for method, operation in item.items()
        if method == "get" and has_next(operation)
    }

    assert {"jobs_list", "files_list", "conversations_list", "memory_sources"} <= pages.keys()
    assert [name for name, asked in pages.items() if "limit" not in asked or not asked & {"cursor", "after"}] == []


def test_every_list_that_has_pages_and_belongs_to_nothing_else_is_asked_for_a_stretch_of_time():
    asked = {
        operation["operationId"]: {one.get("name") for one in operation.get("parameters", [])}
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method == "get" and "{" not in path and has_next(operation)
    }

    assert len(asked) >= 8
    assert [name for name, names in asked.items() if not {"created_after", "created_before"} <= names] == []


def has_next(operation) -> bool:
    schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return "next" in DOCUMENT["components"]["schemas"].get(name, {}).get("properties", {})
