"""Lists are one iterator, whatever pages they come in."""

import json

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
