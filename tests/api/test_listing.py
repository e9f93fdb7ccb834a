"""Lists: told in pages that lead to each other, and of what came between two moments."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

DOCUMENT = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())


@pytest.fixture
def three(request, client):
    """Three jobs, or files, oldest first."""
    if request.param == "files":
        return [client.post(f"/api/v1/files?name={n}.txt", data=b"words").get_json() for n in range(3)]
    asked = {"pipeline": "text.keywords", "text": "the quick brown fox"}
    return [client.post("/api/v1/jobs", json=asked).get_json() for _ in range(3)]


def came_at(told) -> str:
    """When its id was made."""
    return datetime.fromtimestamp((UUID(told["id"]).int >> 80) / 1000, UTC).isoformat()


def listed(client, url: str, **asked: str) -> list[str]:
    return [one["id"] for one in client.get(url, query_string=asked).get_json()["items"]]


@pytest.mark.parametrize(("three", "url"), [("jobs", "/api/v1/jobs"), ("files", "/api/v1/files")], indirect=["three"])
def test_what_came_between_two_moments_is_listed(client, three, url):
    first, second, third = (one["id"] for one in three)
    at = came_at(three[1])

    assert set(listed(client, url, created_after=at)) >= {second, third}
    assert first not in listed(client, url, created_after=at)
    assert first in listed(client, url, created_before=at)
    assert listed(client, url, created_after=at, created_before=at) == []
    assert not {second, third} & set(listed(client, url, created_before=at, cursor=third))


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


def has_next(operation) -> bool:
    schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return "next" in DOCUMENT["components"]["schemas"].get(name, {}).get("properties", {})
