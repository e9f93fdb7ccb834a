"""Batches over HTTP: asked for in each form, told, and refused where they enter."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from support.batching import tend, texts

pytestmark = pytest.mark.redis

URL = "/api/v1/batches"
NOWHERE = "00000000-0000-7000-8000-000000000000"


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
    assert (first["custom_id"], second["custom_id"]) == ("talks/may/a.txt", "talks/.DS_Store")
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
def test_what_can_be_no_batch_is_refused(sqlite_client, asked, code, where):
    refused = sqlite_client.post(URL, json=asked)

    problem = refused.get_json()
    assert (refused.status_code, problem["code"], problem["errors"][0]["where"]) == (422, code, where)
    assert sqlite_client.get(URL).get_json()["items"] == []


def test_more_files_than_lines_are_refused_before_they_are_kept(settings, sqlite_store, make_client, left_behind):
    narrow = make_client(settings.model_copy(update={"batch_lines": 1}), sqlite_store)
    files = [(BytesIO(b"bees"), f"{n}.txt") for n in range(2)]

    came = narrow.post(URL, data={"pipeline": "text.keywords", "file": files})
    named = narrow.post(URL, json={"pipeline": "text.keywords", "files": [NOWHERE, NOWHERE]})

    told = [(one.status_code, one.get_json().get("errors")) for one in (came, named)]
    why = "a batch has at most 1 lines, and these are 2 files"
    assert told == [(422, [{"where": "file", "message": why}]), (422, [{"where": "files", "message": why}])]
    assert narrow.get(URL).get_json()["items"] == []
    assert left_behind() == []


def zipped(**members: bytes) -> BytesIO:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.txt", content)
    buffer.seek(0)
    return buffer


def test_archive_is_taken_from_a_form_with_a_manifest_beside_it(client, store):
    manifest = BytesIO(b"path,params.count\nb.txt,3\n")
    form = {"pipeline": "text.keywords", "archive": (zipped(a=b"bees", b=b"ships"), "all.zip"), "name": "x"}

    batch = client.post(URL, data={**form, "manifest": (manifest, "some.csv")}).get_json()

    tend(store)
    [job] = client.get(f"/api/v1/jobs?batch_id={batch['id']}").get_json()["items"]
    assert (job["inputs"][0]["name"], job["params"]["count"]) == ("b.txt", 3)


def test_stored_archive_is_named_by_its_file(client, store):
    file = client.post("/api/v1/files?name=all.zip", data=zipped(a=b"bees").getvalue()).get_json()

    batch = client.post(URL, json={"pipeline": "text.keywords", "archive": file["id"]}).get_json()

    tend(store)
    assert client.get(f"{URL}/{batch['id']}").get_json()["lines"]["queued"] == 1


def test_dry_run_tells_what_there_is_to_do_and_runs_when_it_is_started(client, store):
    form = {"pipeline": "text.keywords", "dry_run": "true", "manifest": (lines(3), "foxes.jsonl")}
    batch = client.post(URL, data=form).get_json()
    tend(store)

    told = client.get(f"{URL}/{batch['id']}").get_json()
    started = client.post(f"{URL}/{batch['id']}/start").get_json()

    size = sum(len(line["text"]) for line in texts(3))
    assert (told["state"], told["estimate"]) == ("validated", {"lines": 3, "size_bytes": size, "seconds": None})
    assert told["expires_at"] is not None
    assert (started["state"], started["expires_at"]) == ("running", None)


def test_repeat_under_the_same_key_answers_the_first_batch(client):
    def ask(count: int, key: str):
        form = {"pipeline": "text.keywords", "manifest": (lines(count), "foxes.jsonl")}
        return client.post(URL, data=form, headers={"Idempotency-Key": key})

    first, again, other = ask(2, "monday"), ask(2, "monday"), ask(3, "monday")

    assert again.get_json()["id"] == first.get_json()["id"]
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_mismatch")
    assert len(client.get(URL).get_json()["items"]) == 1


def test_state_that_does_not_allow_a_change_is_told(sqlite_client):
    batch = sqlite_client.post(URL, data={"pipeline": "text.keywords", "manifest": (lines(1), "x.jsonl")}).get_json()

    refused = sqlite_client.post(f"{URL}/{batch['id']}/resume")

    assert (refused.status_code, refused.get_json()["code"]) == (409, "wrong_state")
    assert "validating" in refused.get_json()["detail"]


def test_batches_and_lines_are_listed_page_by_page(client, store):
    ids = [
        client.post(URL, data={"pipeline": "text.keywords", "manifest": (lines(3), "x.jsonl")}).get_json()["id"]
        for _ in range(2)
    ]
    tend(store)

    newest = client.get(f"{URL}?limit=1").get_json()
    oldest = client.get(f"{URL}?limit=1&cursor={newest['next']}").get_json()
    first = client.get(f"{URL}/{ids[0]}/lines?limit=2").get_json()
    rest = client.get(f"{URL}/{ids[0]}/lines?limit=2&cursor={first['next']}").get_json()

    assert {newest["items"][0]["id"], oldest["items"][0]["id"]} == set(ids)
    assert [line["number"] for page in (first, rest) for line in page["items"]] == [1, 2, 3]
    assert (oldest["next"], rest["next"]) == (None, None)
