"""Quotas as a client meets them: told with the limits, refused by one code, and nothing left of what was refused."""

import io
from dataclasses import replace

import pytest
from support.forms import TYPE, form_of
from support.media import jpeg
from support.running import start

JOBS = "/api/v1/jobs"
FILES = "/api/v1/files"
TEXT = {"pipeline": "text.keywords", "text": "ten letters"}


@pytest.fixture
def bounded(store, make_client):
    """A client whose account may have so much."""

    def make(**quotas):
        settings = store.settings.model_copy(update=quotas)
        return make_client(settings, replace(store, settings=settings))

    return make


def as_json(client):
    return client.post(JOBS, json=TEXT)


def as_text_form(client):
    return client.post(JOBS, data=TEXT, content_type="multipart/form-data")


def as_file_form(client):
    return client.post(JOBS, data=form_of(jpeg(), "a.jpg", pipeline="image.read"), content_type=TYPE)


def as_file(client):
    return client.post(FILES, data={"file": (io.BytesIO(jpeg()), "a.jpg")}, content_type="multipart/form-data")


def as_raw_file(client):
    return client.post(f"{FILES}?name=a.jpg", data=jpeg())


def refusal(response) -> tuple[int, str, str]:
    return response.status_code, response.mimetype, response.get_json()["code"]


QUOTA_EXCEEDED = (429, "application/problem+json", "quota_exceeded")


@pytest.mark.parametrize("submit", [as_json, as_text_form])
def test_job_that_would_wait_beyond_the_quota_is_refused(bounded, left_behind, submit):
    client = bounded(quota_queued=1)
    first = client.post(JOBS, json=TEXT).get_json()

    response = submit(client)

    assert refusal(response) == QUOTA_EXCEEDED
    assert "1 of your jobs may wait" in response.get_json()["detail"]
    assert [job["id"] for job in client.get(JOBS).get_json()["items"]] == [first["id"]]
    assert len(client.get(FILES).get_json()["items"]) == 1
    assert left_behind() == []


@pytest.mark.parametrize(
    ("submit", "quota"),
    [
        (as_json, {"quota_bytes": 10}),
        (as_text_form, {"quota_bytes": 10}),
        (as_file, {"quota_bytes": 10}),
        (as_raw_file, {"quota_bytes": 10}),
        pytest.param(as_file_form, {"quota_bytes": 10}),
    ],
)
def test_bytes_beyond_the_quota_are_refused_with_nothing_left_behind(bounded, left_behind, submit, quota):
    client = bounded(**quota)

    response = submit(client)

    assert refusal(response) == QUOTA_EXCEEDED
    assert "10 bytes" in response.get_json()["detail"]
    assert client.get(JOBS).get_json()["items"] == client.get(FILES).get_json()["items"] == []
    assert left_behind() == []


def test_file_of_a_job_that_would_wait_beyond_the_quota_leaves_no_bytes(bounded, left_behind):
    client = bounded(quota_queued=1)
    client.post(JOBS, json=TEXT)

    response = as_file_form(client)

    assert refusal(response) == QUOTA_EXCEEDED
    assert left_behind() == []


def test_room_is_there_again_when_a_job_has_begun(bounded, store):
    client = bounded(quota_queued=1)
    first = as_json(client).get_json()
    refused = as_json(client)

    start(store, first["id"])

    assert (refused.status_code, as_json(client).status_code) == (429, 202)


def ask_again(client, job):
    return client.post(f"{JOBS}/{job['id']}/retry")


def ask_for_all(client, job):
    return client.post(f"{JOBS}/retry", json={"states": ["cancelled"]})


@pytest.mark.parametrize("retry", [ask_again, ask_for_all])
def test_retry_that_would_wait_beyond_the_quota_is_refused(bounded, retry):
    client = bounded(quota_queued=1)
    ended = as_json(client).get_json()
    client.post(f"{JOBS}/{ended['id']}/cancel")
    as_json(client)

    response = retry(client, ended)

    assert refusal(response) == QUOTA_EXCEEDED
    assert client.get(f"{JOBS}/{ended['id']}").get_json()["state"] == "cancelled"


def test_repeat_under_its_key_is_answered_beyond_the_quota(bounded):
    client = bounded(quota_queued=1, quota_bytes=len(TEXT["text"]))
    headers = {"Idempotency-Key": "once"}
    first = client.post(JOBS, json=TEXT, headers=headers)

    repeat = client.post(JOBS, json=TEXT, headers=headers)

    assert (repeat.status_code, repeat.get_json()["id"]) == (202, first.get_json()["id"])


def test_session_tells_the_quotas(bounded):
    client = bounded(quota_in_flight=3, quota_queued=200, quota_bytes=10**12)

    limits = client.get("/api/v1/session").get_json()["limits"]

    told = {name: limits[name] for name in ("jobs_in_flight", "jobs_queued", "file_bytes")}
    assert told == {"jobs_in_flight": 3, "jobs_queued": 200, "file_bytes": 10**12}


def test_session_tells_where_there_is_no_bound(bounded):
    limits = bounded().get("/api/v1/session").get_json()["limits"]

    assert (limits["jobs_in_flight"], limits["jobs_queued"], limits["file_bytes"]) == (None, None, None)


@pytest.mark.parametrize("path", [JOBS, FILES, f"{JOBS}/retry", f"{JOBS}/{{job_id}}/retry"])
def test_refusal_is_documented(sqlite_client, path):
    document = sqlite_client.get("/openapi.json").get_json()

    assert "429" in document["paths"][path]["post"]["responses"]
