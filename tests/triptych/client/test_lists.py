"""Lists are one iterator, whatever pages they come in."""

import json
from datetime import UTC, datetime, timedelta, timezone

from support.scripted_server import Answer


def page(*names: str, following: str | None) -> Answer:
    told = {"id": "", "media_type": "text/plain", "size_bytes": 1, "sha256": "", "created_at": "", "url": ""}
    return Answer(body=json.dumps({"items": [{**told, "name": name} for name in names], "next": following}).encode())


def test_a_list_goes_over_its_pages_by_their_cursors(against) -> None:
    with against(page("a", "b", following="B"), page("c", following=None)) as (server, client):
        names = [file.name for file in client.files.list()]

    assert names == ["a", "b", "c"]
    assert [one.path for one in server.asked] == ["/api/v1/files?limit=200", "/api/v1/files?cursor=B&limit=200"]


def test_a_page_is_asked_for_when_it_is_needed(against) -> None:
    with against(page("a", "b", following="B")) as (server, client):
        first = next(client.files.list())

    assert first.name == "a"
    assert len(server.asked) == 1


def test_what_came_between_two_moments_is_asked_for_in_utc(against) -> None:
    since, until = datetime(2026, 5, 1, 2, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 6, 1, tzinfo=UTC)
    asked = "created_after=2026-05-01T00%3A00%3A00%2B00%3A00&created_before=2026-06-01T00%3A00%3A00%2B00%3A00"

    with against(*(page(following=None) for _ in range(4))) as (server, client):
        for one in (client.files, client.jobs, client.uploads, client.batches):
            assert list(one.list(created_after=since, created_before=until)) == []

    assert [asked in one.path for one in server.asked] == [True] * 4
