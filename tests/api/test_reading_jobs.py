"""What is told of jobs, and what their owner does with them."""

from hashlib import sha256

import pytest
from support.families import a_child
from support.running import finish, make_output, make_part, start, succeed
from support.work import fail

from api.room import LOCAL_USER
from triptych.jobs.reading import get_job

JOBS = "/api/v1/jobs"
MISSING = f"{JOBS}/01900000-0000-7000-8000-000000000000"


def test_job_is_told_through_its_life(client, store, new_job):
    job = new_job()
    url = f"{JOBS}/{job['id']}"

    queued = client.get(url).get_json()
    claimed = start(store, job["id"])
    running = client.get(url).get_json()
    succeed(store, claimed)
    succeeded = client.get(url).get_json()

    assert (queued["state"], queued["position"], queued["progress"]) == ("queued", 1, None)
    assert (running["state"], running["position"], running["attempt"]) == ("running", None, 1)
    assert running["progress"] == {"fraction": None, "note": ""}
    assert (succeeded["state"], succeeded["result"]) == ("succeeded", {"words": 2})
    assert succeeded["engine"] == {"name": "by hand", "model": "none", "version": ""}
    assert succeeded["warnings"] == ["a warning"]
    assert succeeded["finished_at"] >= succeeded["started_at"] >= succeeded["created_at"]


def test_pages_hold_every_job_once_newest_first(client, new_job):
    submitted = [new_job()["id"] for _ in range(5)]

    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{JOBS}?limit=2{cursor and '&cursor=' + cursor}").get_json()
        seen += [job["id"] for job in page["items"]]
        cursor = page["next"]

    assert seen == submitted[::-1]


def test_list_is_filtered_by_state_and_pipeline(client, store, new_job):
    done, waiting = new_job()["id"], new_job()["id"]
    other = new_job(pipeline="text.summarize")["id"]
    finish(store, done)

    queued = client.get(f"{JOBS}?state=queued&pipeline=text.keywords").get_json()["items"]
    summaries = client.get(f"{JOBS}?pipeline=text.summarize").get_json()["items"]

    assert [job["id"] for job in queued] == [waiting]
    assert [job["id"] for job in summaries] == [other]


def test_children_are_counted_with_their_parent_and_listed_by_it_alone(client, store, new_job):
    parent = get_job(store, LOCAL_USER, new_job()["id"])
    first, second = (a_child(store, parent, number).id for number in range(2))
    finish(store, first)

    told = client.get(f"{JOBS}/{parent.id}").get_json()
    everything = client.get(JOBS).get_json()["items"]
    children = client.get(f"{JOBS}?parent={parent.id}").get_json()["items"]

    assert (told["parent_id"], told["children"]) == (None, {"total": 2, "finished": 1})
    assert [(job["id"], job["children"]) for job in everything] == [(parent.id, None)]
    assert [(job["id"], job["parent_id"]) for job in children] == [(second, parent.id), (first, parent.id)]


@pytest.mark.parametrize(
    "query",
    [
        "parent=nobody",
        "limit=-1",
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=nonsense",
        "state=gone",
        "pipeline=%00",
        "colour=1",
    ],
)
def test_bad_query_is_refused_by_name(sqlite_client, query):
    response = sqlite_client.get(f"{JOBS}?{query}")

    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (422, "invalid_request")
    assert problem["errors"][0]["where"] == f"query.{query.partition('=')[0]}"


def test_parts_come_in_order_and_in_pages(client, store, new_job):
    job = new_job()
    claimed = start(store, job["id"])
    for seq, text in enumerate(["one", "two", "three"], start=1):
        make_part(store, claimed, seq, text)

    first = client.get(f"{JOBS}/{job['id']}/parts?limit=2").get_json()
    rest = client.get(f"{JOBS}/{job['id']}/parts?after={first['next']}").get_json()

    assert [part["body"]["text"] for part in first["items"]] == ["one", "two"]
    assert rest == {"items": [{"seq": 3, "kind": "token", "body": {"text": "three"}}], "next": None}


def test_output_that_is_json_is_sent_as_it_was_made(client, fetch, store, new_job, tmp_path):
    (tmp_path / "made").write_bytes(b'{"words": 2}')
    job = new_job()
    claimed = start(store, job["id"])
    make_output(store, claimed, tmp_path / "made", "words.json", "application/json")
    succeed(store, claimed)
    [output] = client.get(f"{JOBS}/{job['id']}").get_json()["outputs"]

    sent = fetch(output["url"])

    assert (sent.status_code, sent.data) == (200, b'{"words": 2}')
    assert sent.headers["ETag"] == f'"{sha256(sent.data).hexdigest()}"'


def test_output_is_sent_with_ranges_and_in_a_sandbox(client, fetch, store, new_job, tmp_path):
    (tmp_path / "made").write_bytes(b"0123456789")
    job = new_job()
    claimed = start(store, job["id"])
    make_output(store, claimed, tmp_path / "made", "Übersicht 1.txt", "text/plain")
    succeed(store, claimed)
    [output] = client.get(f"{JOBS}/{job['id']}").get_json()["outputs"]

    whole = fetch(output["url"])
    part = fetch(output["url"], Range="bytes=2-4")
    beyond = fetch(output["url"], Range="bytes=99-")
    again = fetch(output["url"], If_None_Match=whole.headers["ETag"])

    assert (whole.status_code, whole.data) == (200, b"0123456789")
    assert "filename*=UTF-8''%C3%9Cbersicht%201.txt" in whole.headers["Content-Disposition"]
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert whole.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert (beyond.status_code, beyond.get_json()["code"]) == (416, "range_not_satisfiable")
    assert again.status_code == 304


def test_cancelling_twice_is_the_same_as_once(client, new_job):
    job = new_job()

    first = client.post(f"{JOBS}/{job['id']}/cancel")
    second = client.post(f"{JOBS}/{job['id']}/cancel")

    assert (first.status_code, first.get_json()["state"]) == (200, "cancelled")
    assert (second.status_code, second.get_json()["state"]) == (200, "cancelled")


def test_finished_job_is_not_cancelled_but_retried_and_deleted(client, store, new_job):
    job = new_job()
    url = f"{JOBS}/{job['id']}"
    finish(store, job["id"])

    cancelled = client.post(f"{url}/cancel")
    retried = client.post(f"{url}/retry")
    too_early = [client.delete(url), client.post(f"{url}/retry")]
    finish(store, job["id"])
    deleted = client.delete(url)

    assert (cancelled.status_code, cancelled.get_json()["code"]) == (409, "job_finished")
    assert (retried.status_code, retried.get_json()["state"], retried.get_json()["result"]) == (202, "queued", None)
    assert [(one.status_code, one.get_json()["code"]) for one in too_early] == [(409, "job_not_finished")] * 2
    assert deleted.status_code == 204
    assert client.get(url).status_code == 404


def test_history_tells_each_attempt(client, store, new_job):
    job = new_job()
    url = f"{JOBS}/{job['id']}"
    fail(store, start(store, job["id"]), "bad_media", "it is broken")
    client.post(f"{url}/retry")
    start(store, job["id"])

    failed, running = client.get(f"{url}/attempts").get_json()["items"]

    assert (failed["attempt"], failed["error"]) == (1, {"code": "bad_media", "message": "it is broken"})
    assert failed["started_at"] <= failed["ended_at"]
    assert (running["attempt"], running["ended_at"], running["error"]) == (2, None, None)
    assert running["worker"] == failed["worker"]


@pytest.mark.parametrize(
    "url", [MISSING, f"{JOBS}/not-an-id", f"{MISSING}/parts", f"{MISSING}/attempts", f"{MISSING}/outputs/x"]
)
def test_unknown_job_is_not_found(sqlite_client, url):
    response = sqlite_client.get(url)

    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_unknown_job_cannot_be_acted_on(sqlite_client, action):
    response = sqlite_client.post(f"{MISSING}/{action}")

    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")


def test_another_owners_job_is_not_there(sqlite_client, sqlite_store, new_job):
    from sqlalchemy import update

    from triptych.jobs.tables import jobs

    job = new_job()
    with sqlite_store.database.write() as connection:
        connection.execute(update(jobs).values(owner="somebody else"))

    answers = [sqlite_client.get(f"{JOBS}/{job['id']}{end}").status_code for end in ("", "/parts", "/events")]

    assert answers == [404, 404, 404]


def test_job_is_deleted_with_its_inputs_when_asked(client, store, new_job):
    job = new_job()
    finish(store, job["id"])

    deleted = client.delete(f"{JOBS}/{job['id']}?inputs=true")

    assert deleted.status_code == 204
    assert client.get(f"/api/v1/files/{job['inputs'][0]['file_id']}").status_code == 404
