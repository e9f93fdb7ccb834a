"""What came of a batch, in the order of its lines: as JSON Lines and as a zip, also while it runs."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from support.batching import a_batch, tend, texts
from support.running import finish, make_output, start, succeed

from api.room import LOCAL_USER
from triptych.batches.owner import start as start_batch
from triptych.store import Store

pytestmark = pytest.mark.redis


def of_local(store: Store, lines) -> str:
    batch_id = a_batch(store, lines, owner=LOCAL_USER)
    tend(store)
    return batch_id


def results(fetch, batch_id: str, query: str = ""):
    return [json.loads(line) for line in fetch(f"/api/v1/batches/{batch_id}/results?{query}").text.splitlines()]


def job_ids(client, batch_id: str) -> list[str]:
    items = client.get(f"/api/v1/jobs?batch_id={batch_id}").get_json()["items"]
    return [job["id"] for job in items[::-1]]


def test_lines_that_have_ended_are_told_in_order_while_the_batch_runs(client, fetch, store):
    batch_id = of_local(store, texts(4))
    ids = job_ids(client, batch_id)
    for job_id in (ids[3], ids[1]):
        finish(store, job_id)

    told = results(fetch, batch_id)

    assert [(line["number"], line["custom_id"], line["state"], line["job_id"]) for line in told] == [
        (2, "line-2", "succeeded", ids[1]),
        (4, "line-4", "succeeded", ids[3]),
    ]
    assert told[0]["result"] == {"words": 2}
    assert told[0]["warnings"] == ["a warning"]
    assert [line["inputs"][0]["name"] for line in told] == [f"the quick brown fox number {n}.txt" for n in (2, 4)]


def test_errors_alone_are_told_where_they_are_asked_for(client, fetch, store):
    batch_id = of_local(store, [*texts(2), {"custom_id": "odd", "text": " "}])
    start_batch(store, LOCAL_USER, batch_id)
    tend(store)
    ids = job_ids(client, batch_id)
    finish(store, ids[0])
    client.post(f"/api/v1/jobs/{ids[1]}/cancel")

    errors, succeeded = results(fetch, batch_id, "only=errors"), results(fetch, batch_id, "only=succeeded")

    assert [(line["number"], line["state"]) for line in errors] == [(2, "cancelled"), (3, "invalid")]
    assert errors[1]["error"]["code"] == "empty_file"
    assert [line["number"] for line in succeeded] == [1]


def test_zip_has_a_folder_for_each_line_with_names_that_lead_nowhere_else(client, fetch, store, tmp_path):
    batch_id = of_local(store, [{"custom_id": "../../etc/passwd", "text": "bees"}, *texts(1)])
    made = tmp_path / "made"
    made.write_bytes(b"a,b\n")
    claimed = start(store, job_ids(client, batch_id)[0])
    make_output(store, claimed, made, "Größe der Tiere.csv", "text/csv")
    succeed(store, claimed)

    sent = fetch(f"/api/v1/batches/{batch_id}/results?format=zip")

    with ZipFile(BytesIO(sent.data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["000001-_.._etc_passwd/Gr_e_der_Tiere.csv", "results.jsonl"]
        assert archive.read(archive.namelist()[0]) == b"a,b\n"
        assert json.loads(archive.read("results.jsonl"))["custom_id"] == "../../etc/passwd"


def test_results_of_somebody_else_are_not_there(client, store):
    batch_id = a_batch(store, texts(1), owner="somebody else")

    told = [client.get(f"/api/v1/batches/{batch_id}/results?format={form}") for form in ("jsonl", "zip")]

    assert [(one.status_code, one.get_json()["code"]) for one in told] == [(404, "not_found")] * 2
