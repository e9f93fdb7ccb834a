"""What is refused under /v1 is refused in the shape that OpenAI's clients read, and leaves nothing behind."""

from io import BytesIO

import pytest
from support.accounts import an_account, house_settings, key_headers
from support.media import wav
from support.stores import with_settings

from api.bodies.received import FORM_TYPE


def said(response):
    """The status, and the error but for its message."""
    error = response.get_json()["error"]
    assert error["message"]
    return response.status_code, error["type"], error["param"], error["code"]


def asked(client, **fields):
    recording = (BytesIO(fields.pop("content", wav())), "a.wav")
    return client.post("/v1/audio/transcriptions", data={"model": "whisper-1", "file": recording, **fields})


@pytest.mark.parametrize("address", ["/v1/fine_tuning/jobs", "/v1", "/v1/", "/v1/models/a%0Ab"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_what_is_not_there_is_told_so(sqlite_client, method, address):
    response = getattr(sqlite_client, method)(address)

    assert said(response) == (404, "invalid_request_error", None, "unknown_url")


def test_foreign_page_is_refused(sqlite_client):
    response = sqlite_client.post("/v1/audio/transcriptions", headers={"Origin": "http://evil.example"})

    assert said(response) == (403, "invalid_request_error", None, "foreign_origin")


def test_unknown_model_is_told_so(sqlite_client):
    assert said(sqlite_client.get("/v1/models/gpt-9")) == (404, "invalid_request_error", "model", "model_not_found")
    assert said(asked(sqlite_client, model="gpt-9")) == (404, "invalid_request_error", "model", "model_not_found")


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"model": "x" * 201}, "model", "invalid_value"),
        ({"language": "tlh"}, "language", "unsupported_value"),
        ({"response_format": "docx"}, "response_format", "invalid_value"),
        ({"temperature": "hot"}, "temperature", "invalid_value"),
        ({"timestamp_granularities[]": "word"}, None, "invalid_value"),
        ({"stream": "true", "response_format": "srt"}, None, "invalid_value"),
        ({"chunking_strategy": "server_vad"}, "chunking_strategy", "unsupported_value"),
        ({"include[]": "logprobs"}, "include", "unsupported_parameter"),
        ({"prompt": "x" * 1001}, "prompt", "invalid_value"),
        ({"content": b"no sound"}, None, "media_type_mismatch"),
    ],
)
def test_bad_value_is_named(sqlite_client, left_behind, fields, param, code):
    status, _, told_param, told_code = said(asked(sqlite_client, **fields))

    assert (status in (400, 404), told_param, told_code) == (True, param, code)
    assert left_behind() == []
    assert sqlite_client.get("/api/v1/jobs").get_json()["items"] == []


@pytest.mark.parametrize("fields", [{}, {"stream": "true"}])
def test_file_of_another_kind_is_named_as_the_call_names_it(sqlite_client, left_behind, fields):
    form = {"model": "whisper-1", "file": (BytesIO(b"just words"), "a.txt"), **fields}

    response = sqlite_client.post("/v1/audio/transcriptions", data=form)

    assert said(response) == (400, "invalid_request_error", "file", "wrong_media")
    assert left_behind() == []


def test_form_without_a_file_is_told_so(sqlite_client):
    response = sqlite_client.post("/v1/audio/transcriptions", data={"model": "whisper-1"}, content_type=FORM_TYPE)

    assert said(response) == (400, "invalid_request_error", "file", "invalid_value")


def test_translation_that_should_tell_who_speaks_is_refused(sqlite_client):
    form = {"model": "whisper-1", "file": (BytesIO(wav()), "a.wav"), "response_format": "diarized_json"}

    response = sqlite_client.post("/v1/audio/translations", data=form)

    assert said(response) == (400, "invalid_request_error", "response_format", "unsupported_value")


@pytest.mark.parametrize("body", [[], "text", 1])
def test_body_that_is_no_object_is_told_so(sqlite_client, body):
    response = sqlite_client.post("/v1/embeddings", json=body)

    assert said(response) == (400, "invalid_request_error", None, "invalid_value")
    assert response.get_json()["error"]["message"] == "a JSON object is wanted"


def test_what_is_too_large_is_told_so(settings, sqlite_store, make_client):
    client = make_client(settings.model_copy(update={"upload_bytes": 100}), sqlite_store)

    assert said(asked(client)) == (413, "invalid_request_error", None, "too_large")


def test_quota_is_told_so(settings, sqlite_store, make_client, left_behind):
    client = make_client(settings, with_settings(sqlite_store, quota_bytes=100))

    refused = asked(client)

    assert said(refused) == (429, "insufficient_quota", None, "quota_exceeded")
    assert refused.headers["X-Should-Retry"] == "false"
    assert left_behind() == []


def test_who_asks_too_often_is_told_so_by_the_headers_of_openai(settings, sqlite_store, make_client):
    client = make_client(house_settings(settings, requests_a_minute=1), sqlite_store)
    key = key_headers(sqlite_store, an_account(sqlite_store, "ada"))

    first, second = (client.get("/v1/models", headers=key) for _ in range(2))

    named = [f"X-RateLimit-{what}-Requests" for what in ("Limit", "Remaining")]
    assert [first.headers[name] for name in named] == ["1", "0"]
    assert 0 < int(first.headers["X-RateLimit-Reset-Requests"].removesuffix("s")) <= 61
    assert said(second) == (429, "requests", None, "rate_limited")
    assert "Retry-After" in second.headers
    assert "X-Should-Retry" not in second.headers


def test_problems_elsewhere_stay_as_they_are(sqlite_client):
    response = sqlite_client.get("/api/v1/v1/models")

    assert response.mimetype == "application/problem+json"
