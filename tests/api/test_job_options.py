"""What may be said with a job: how long it may take, and that it is to be done anew; and what it waits for."""

from dataclasses import replace
from random import Random

import pytest
from support.running import start
from support.stores import HandClock
from support.work import fail_in_passing

from pipelines.catalogue import catalogue
from triptych.jobs import ending, ends
from triptych.jobs.sweep import wake
from triptych.times import iso_time

JOBS = "/api/v1/jobs"
WEEK_S = 7 * 24 * 3600
TEXT = {"pipeline": "text.keywords", "text": "words"}


def asked(as_form: bool, **fields):
    if as_form:
        words = {name: str(value).lower() for name, value in fields.items()}
        return {"data": {**TEXT, **words}, "content_type": "multipart/form-data"}
    return {"json": {**TEXT, **fields}}


@pytest.mark.parametrize("as_form", [True, False])
@pytest.mark.parametrize("limit_s", [0.5, 90, WEEK_S])
def test_time_limit_is_taken_told_and_given_to_who_runs_it(client, store, as_form, limit_s):
    response = client.post(JOBS, **asked(as_form, time_limit_s=limit_s))

    job = response.get_json()
    assert (response.status_code, job["time_limit_s"]) == (202, limit_s)
    assert client.get(f"{JOBS}/{job['id']}").get_json()["time_limit_s"] == limit_s
    assert start(store, job["id"]).row.time_limit_s == limit_s


def test_pipelines_own_limit_holds_where_none_is_asked_for(client, new_job):
    job = new_job()

    assert job["time_limit_s"] == catalogue()["text.keywords"].time_limit_s


@pytest.mark.parametrize("as_form", [True, False])
@pytest.mark.parametrize("limit_s", [0, -1, WEEK_S + 1, "soon", "nan", "inf"])
def test_time_limit_beyond_its_bounds_is_refused(sqlite_client, as_form, limit_s):
    response = sqlite_client.post(JOBS, **asked(as_form, time_limit_s=limit_s))

    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (422, "invalid_request")
    assert problem["errors"][0]["where"] == "time_limit_s"
    assert sqlite_client.get(JOBS).get_json()["items"] == []


@pytest.mark.parametrize("as_form", [True, False])
@pytest.mark.parametrize("fresh", [True, False])
def test_wish_for_a_fresh_result_is_taken(client, store, as_form, fresh):
    job = client.post(JOBS, **asked(as_form, fresh=fresh)).get_json()

    assert start(store, job["id"]).row.fresh is fresh
    assert job["cached"] is False


@pytest.mark.parametrize("as_form", [True, False])
@pytest.mark.parametrize("remember", [True, False])
def test_wish_to_have_nothing_remembered_is_taken(client, store, as_form, remember):
    job = client.post(JOBS, **asked(as_form, remember=remember)).get_json()

    assert start(store, job["id"]).row.remember is remember


def test_wish_that_is_neither_yes_nor_no_is_refused(sqlite_client):
    response = sqlite_client.post(JOBS, **asked(False, fresh="perhaps"))

    assert (response.status_code, response.get_json()["errors"][0]["where"]) == (422, "fresh")


@pytest.mark.parametrize("other", [{"fresh": True}, {"remember": False}, {"time_limit_s": 60}])
def test_key_of_the_same_job_with_other_options_is_refused(sqlite_client, other):
    headers = {"Idempotency-Key": "once"}
    sqlite_client.post(JOBS, json=TEXT, headers=headers)

    response = sqlite_client.post(JOBS, json={**TEXT, **other}, headers=headers)

    assert (response.status_code, response.get_json()["code"]) == (422, "idempotency_mismatch")


def test_job_tells_when_it_is_tried_again(store, make_client):
    clock = HandClock()
    timed = replace(store, clock=clock, random=Random(1))
    client = make_client(timed.settings, timed)
    job = client.post(JOBS, json=TEXT).get_json()
    fail_in_passing(timed, start(timed, job["id"]))

    delayed = client.get(f"{JOBS}/{job['id']}").get_json()
    clock.forward(timed.settings.retry_s)
    wake(timed)
    due = client.get(f"{JOBS}/{job['id']}").get_json()

    assert job["not_before"] is None
    assert iso_time(clock() - timed.settings.retry_s / 2) <= delayed["not_before"] <= iso_time(clock())
    assert (delayed["state"], delayed["position"], delayed["attempt"]) == ("queued", None, 1)
    assert (due["not_before"], due["position"]) == (None, 1)


def test_event_tells_when_a_job_is_tried_again(client, store, new_job, fetch):
    job = new_job()
    fail_in_passing(store, start(store, job["id"]))
    told = client.get(f"{JOBS}/{job['id']}").get_json()["not_before"]
    client.post(f"{JOBS}/{job['id']}/cancel")

    stream = fetch(f"{JOBS}/{job['id']}/events").text

    assert f'"attempt":1,"not_before":"{told}"' in stream
    assert client.get(f"{JOBS}/{job['id']}").get_json()["not_before"] is None


def test_pipelines_tell_their_time_limit(sqlite_client):
    items = sqlite_client.get("/api/v1/pipelines").get_json()["items"]

    assert {item["name"]: item["time_limit_s"] for item in items} == {
        name: pipeline.time_limit_s for name, pipeline in catalogue().items() if not pipeline.is_internal
    }
    assert len({item["time_limit_s"] for item in items}) > 1


def test_lanes_tell_what_is_paused_until_when_and_why(client, store, new_job):
    job = new_job()
    claimed, before = start(store, job["id"]), store.clock()
    ending.end(store, ends.server_away(claimed.row, before, "server_away", "http://llm.example does not answer"))

    lanes = {item["lane"]: item["paused"] for item in client.get("/api/v1/lanes").get_json()["items"]}

    [paused] = lanes.pop("cpu")
    assert (paused["pipeline"], paused["reason"]) == ("text.keywords", "http://llm.example does not answer")
    assert iso_time(before) < paused["until"] <= iso_time(before + 5)
    assert lanes == {"gpu": [], "net": []}


def test_job_that_waits_for_a_server_says_why_until_it_runs_again(client, store, new_job):
    job = new_job()
    claimed = start(store, job["id"])
    ending.end(store, ends.download_away(store, claimed.row, store.clock() - 9, "server_away", "no weights tiny.pt"))

    waiting = client.get(f"{JOBS}/{job['id']}").get_json()
    wake(store)
    start(store, job["id"])
    running = client.get(f"{JOBS}/{job['id']}").get_json()

    assert waiting["state"] == "queued"
    assert waiting["progress"] == {"fraction": None, "note": "waiting: no weights tiny.pt"}
    assert running["progress"] == {"fraction": None, "note": ""}
