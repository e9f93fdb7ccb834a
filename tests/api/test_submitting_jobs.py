"""POST /jobs: either form, refused as a whole or accepted as a whole."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.media import jpeg, wav
from support.running import finish

from triptych.uploads import INLINE_BYTES

JOBS = "/api/v1/jobs"


def form(**fields):
    return {"data": fields, "content_type": "multipart/form-data"}


def test_one_form_submits_a_file_with_its_job(client, fetch):
    asked = form(pipeline="image.read", params="{}", file=(io.BytesIO(jpeg()), "Grüße.jpg"))

    response = client.post(JOBS, **asked)

    job = response.get_json()
    assert response.status_code == 202
    assert response.headers["Location"] == f"{JOBS}/{job['id']}"
    assert job["state"] == "queued"
    assert job["position"] == 1
    assert [(one["name"], one["media_type"]) for one in job["inputs"]] == [("Grüße.jpg", "image/jpeg")]
    assert fetch(job["inputs"][0]["url"]).data.startswith(b"\xff\xd8")


def test_json_submits_a_job_on_an_uploaded_file(client):
    file = client.post("/api/v1/files?name=talk.wav", data=wav(), content_type="audio/wav").get_json()

    response = client.post(JOBS, json={"pipeline": "audio.transcribe", "files": [file["id"]], "priority": "batch"})

    job = response.get_json()
    assert response.status_code == 202
    assert job["priority"] == "batch"
    assert job["inputs"][0]["file_id"] == file["id"]
    assert job["params"]["size"] == "base"


@pytest.mark.parametrize("as_form", [True, False])
def test_pasted_text_becomes_a_plain_text_file(client, fetch, as_form):
    asked = {"pipeline": "text.summarize", "text": "<html> is what I wrote\n"}

    response = client.post(JOBS, **(form(**asked) if as_form else {"json": asked}))

    [file] = response.get_json()["inputs"]
    assert (file["name"], file["media_type"], file["size_bytes"]) == ("<html> is what I wrote.txt", "text/plain", 23)
    assert fetch(file["url"]).data == b"<html> is what I wrote\n"


@pytest.mark.parametrize(
    ("asked", "status", "code", "where"),
    [
        ({"pipeline": "image.fly", "text": "x"}, 422, "unknown_pipeline", "pipeline"),
        ({"pipeline": "text.keywords", "text": "x", "params": {"count": -1}}, 422, "invalid_params", "params.count"),
        ({"pipeline": "text.keywords", "text": "x", "params": {"zzz": 1}}, 422, "invalid_params", "params.zzz"),
        ({"pipeline": "text.keywords", "text": " \n"}, 422, "empty_file", "text"),
        ({"pipeline": "text.keywords"}, 422, "invalid_request", "files"),
        ({"pipeline": "audio.transcribe", "text": "x"}, 422, "wrong_media", "files.0"),
        ({"pipeline": "text.keywords", "text": "x", "priority": "now"}, 422, "invalid_request", "priority"),
        ({"pipeline": "text.keywords", "files": ["no id"]}, 422, "invalid_request", "files.0"),
        ({"pipeline": "text.keywords", "text": "x", "colour": 1}, 422, "invalid_request", "colour"),
        ({"text": "x"}, 422, "invalid_request", "pipeline"),
        ([], 422, "invalid_request", "body"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name_and_leaves_nothing(
    sqlite_client, left_behind, asked, status, code, where
):
    response = sqlite_client.post(JOBS, json=asked)

    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (status, code)
    assert problem["errors"][0]["where"] == where
    assert response.mimetype == "application/problem+json"
    assert left_behind() == []
    assert sqlite_client.get(JOBS).get_json()["items"] == []


@pytest.mark.parametrize("length", [11, INLINE_BYTES, INLINE_BYTES + 1])
def test_text_can_be_fetched_again_however_long_it_is(client, fetch, new_job, left_behind, length):
    text = ("ten words " * (length // 10 + 1))[:length]

    [told] = new_job(text=text)["inputs"]

    whole, end = fetch(told["url"]), fetch(told["url"], Range="bytes=-3")
    assert (told["media_type"], told["size_bytes"]) == ("text/plain", length)
    assert whole.data == text.encode()
    assert (end.status_code, end.data) == (206, text.encode()[-3:])
    assert bool(left_behind()) == (length > INLINE_BYTES)


def test_parameter_of_no_pipeline_is_refused_with_those_there_are(sqlite_client):
    response = sqlite_client.post(JOBS, json={"pipeline": "text.keywords", "text": "x", "params": {"number": 1}})

    [error] = response.get_json()["errors"]
    assert error["where"] == "params.number"
    assert {"count", "max_words"} <= set(error["message"].replace(",", "").split())


def test_unknown_file_is_not_found(client):
    missing = "01900000-0000-7000-8000-000000000000"

    response = client.post(JOBS, json={"pipeline": "text.keywords", "files": [missing]})

    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")


def test_stored_file_that_the_pipeline_does_not_take_is_refused_by_its_number(client):
    files = [client.post("/api/v1/files?name=a.txt", data=b"text").get_json()["id"]]

    response = client.post(JOBS, json={"pipeline": "audio.transcribe", "files": files})

    problem = response.get_json()
    assert (response.status_code, problem["code"], problem["errors"][0]["where"]) == (422, "wrong_media", "files.0")
    assert client.get(JOBS).get_json()["items"] == []


def test_unknown_pipeline_is_refused_before_the_file_behind_it_is_read(sqlite_client, left_behind):
    start = b'--b\r\nContent-Disposition: form-data; name="pipeline"\r\n\r\nno.such\r\n--b\r\n'
    body = io.BytesIO(start + bytes(8_000_000))

    response = sqlite_client.post(JOBS, input_stream=body, content_type="multipart/form-data; boundary=b")

    assert response.get_json()["code"] == "unknown_pipeline"
    assert body.tell() < 2_000_000
    assert left_behind() == []


def test_repeated_key_answers_the_first_job(client):
    headers = {"Idempotency-Key": "once"}
    asked = {"pipeline": "text.keywords", "text": "words"}

    first = client.post(JOBS, json=asked, headers=headers).get_json()
    second = client.post(JOBS, json=asked, headers=headers).get_json()

    assert second["id"] == first["id"]
    assert second["inputs"] == first["inputs"]
    assert len(client.get(JOBS).get_json()["items"]) == 1


def test_repeat_that_waits_is_answered_when_the_first_job_ends(client, store, new_job):
    asked = {"headers": {"Idempotency-Key": "once"}, "json": {"pipeline": "text.keywords", "text": "words"}}
    first = client.post(JOBS, **asked).get_json()
    finish(store, first["id"])

    repeat = client.post(f"{JOBS}?wait=50", **asked)

    assert (repeat.status_code, repeat.get_json()["id"], repeat.get_json()["state"]) == (200, first["id"], "succeeded")


def test_key_used_for_another_request_is_refused(client):
    headers = {"Idempotency-Key": "once"}
    client.post(JOBS, json={"pipeline": "text.keywords", "text": "words"}, headers=headers)

    response = client.post(JOBS, json={"pipeline": "text.keywords", "text": "other words"}, headers=headers)

    assert (response.status_code, response.get_json()["code"]) == (422, "idempotency_mismatch")


def test_one_key_used_by_many_at_once_makes_one_job(client):
    def submit(_):
        with client.application.test_client() as own:
            asked = {"pipeline": "text.keywords", "text": "words"}
            return own.post(JOBS, json=asked, headers={"Idempotency-Key": "once"}).get_json()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(submit, range(24)))

    assert len({answer.get("id", json.dumps(answer)) for answer in answers}) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "ü"])
def test_unusable_key_is_refused(sqlite_client, key):
    response = sqlite_client.post(
        JOBS, json={"pipeline": "text.keywords", "text": "x"}, headers={"Idempotency-Key": key}
    )

    assert (response.status_code, response.get_json()["errors"][0]["where"]) == (422, "Idempotency-Key")


def test_job_without_files_is_taken_where_the_pipeline_needs_none(client):
    response = client.post(JOBS, json={"pipeline": "text.answer", "params": {"question": "Who keeps bees?"}})

    assert response.status_code == 202
    assert response.get_json()["inputs"] == []


def test_answer_without_a_question_is_refused_by_the_name_of_the_field(client):
    response = client.post(JOBS, json={"pipeline": "text.answer", "text": "Bees."})

    assert response.status_code == 422
    assert response.get_json()["errors"][0]["where"] == "params.question"


def test_comparison_of_less_than_two_pictures_is_refused(client):
    picture = client.post("/api/v1/files?name=photo.jpg", data=jpeg(), content_type="image/jpeg").get_json()["id"]

    refused = client.post(JOBS, json={"pipeline": "image.compare", "files": [picture]})
    accepted = client.post(JOBS, json={"pipeline": "image.compare", "files": [picture, picture]})

    assert "image.compare works on 2 files; there are 1" in refused.get_json()["detail"]
    assert accepted.status_code == 202
