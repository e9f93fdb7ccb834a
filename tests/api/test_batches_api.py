"""Batches over HTTP: asked for in each form, told, and refused where they enter."""

import json
from io import BytesIO

import pytest
from support.batching import tend, texts

pytestmark = pytest.mark.redis

URL = "/api/v1/batches"


def lines(count: int) -> BytesIO:
    return BytesIO("".join(json.dumps(line) + "\n" for line in texts(count)).encode())


def test_manifest_in_a_form_is_taken_at_once_and_its_lines_are_read_behind_that(client, store):
    form = {"pipeline": "text.keywords", "name": "Foxes", "manifest": (lines(3), "foxes.jsonl")}

    taken = client.post(URL, data=form)

    assert taken.status_code == 202
    told = taken.get_json()
    assert (told["name"], told["state"], told["lines"]["total"]) == ("Foxes", "validating", 0)
    assert taken.headers["Location"] == f"{URL}/{told['id']}"
    tend(store)
    told = client.get(f"{URL}/{told['id']}").get_json()
    assert (told["state"], told["lines"]["queued"], told["estimate"]["lines"]) == ("running", 3, 3)


def test_stored_manifest_is_named_by_its_file(client, store):
    file = client.post("/api/v1/files?name=foxes.jsonl", data=lines(2).getvalue()).get_json()

    batch = client.post(URL, json={"pipeline": "text.keywords", "manifest": file["id"]}).get_json()

    tend(store)
    jobs = client.get(f"/api/v1/jobs?batch_id={batch['id']}").get_json()["items"]
    assert [(job["batch_id"], job["priority"]) for job in jobs] == [(batch["id"], "batch")] * 2


def test_stored_files_become_a_line_each(client, store):
    ids = [client.post(f"/api/v1/files?name={n}.txt", data=b"bees and ships").get_json()["id"] for n in (1, 2)]

    batch = client.post(URL, json={"pipeline": "text.keywords", "files": ids}).get_json()

    tend(store)
    jobs = client.get(f"/api/v1/jobs?batch_id={batch['id']}").get_json()["items"]
    assert [job["inputs"][0]["file_id"] for job in jobs[::-1]] == ids


def test_folder_becomes_a_line_each_and_a_file_that_is_refused_an_invalid_one(client, store):
    files = [(BytesIO(b"bees"), "talks/may/a.txt"), (BytesIO(b"\0\1\2"), "talks/.DS_Store")]

    batch = client.post(URL, data={"pipeline": "text.keywords", "file": files}).get_json()

    tend(store)
    [first, second] = client.get(f"{URL}/{batch['id']}/lines").get_json()["items"]
    assert (first["state"], second["state"]) == ("queued", "invalid")
    assert second["error"]["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    ("asked", "code", "where"),
    [
        ({"pipeline": "text.nonsense", "files": []}, "unknown_pipeline", "pipeline"),
        ({"pipeline": "text.keywords", "params": {"count": "many"}, "files": []}, "invalid_params", "params"),
        ({"pipeline": "text.keywords"}, "invalid_request", "manifest"),
        ({"pipeline": "text.keywords", "priority": "interactive"}, "invalid_request", "priority"),
        ({"color": "green"}, "invalid_request", "color"),
    ],
)
def test_what_can_be_no_batch_is_refused(client, asked, code, where):
    refused = client.post(URL, json=asked)

    problem = refused.get_json()
    assert (refused.status_code, problem["code"], problem["errors"][0]["where"]) == (422, code, where)
    assert client.get(URL).get_json()["items"] == []
