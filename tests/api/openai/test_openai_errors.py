"""What is refused under /v1 is refused in the shape that OpenAI's clients read, and leaves nothing behind."""

from io import BytesIO

import pytest
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


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_what_is_not_there_is_told_so(sqlite_client, method):
    response = getattr(sqlite_client, method)("/v1/fine_tuning/jobs")

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
        ({"model": "x" * 201}, "model", None),
        ({"language": "tlh"}, "language", None),
        ({"response_format": "docx"}, "response_format", None),
        ({"temperature": "hot"}, "temperature", None),
        ({"timestamp_granularities[]": "word"}, None, None),
        ({"stream": "true", "response_format": "srt"}, None, None),
        ({"chunking_strategy": "auto"}, "chunking_strategy", "unsupported_parameter"),
        ({"prompt": "x" * 1001}, "prompt", None),
        ({"content": b"no sound"}, None, "media_type_mismatch"),
    ],
)
def test_bad_value_is_named(sqlite_client, left_behind, fields, param, code):
    status, _, told_param, told_code = said(asked(sqlite_client, **fields))

    assert (status in (400, 404), told_param, told_code) == (True, param, code)
    assert left_behind() == []
    assert sqlite_client.get("/api/v1/jobs").get_json()["items"] == []


def test_form_without_a_file_is_told_so(sqlite_client):
    response = sqlite_client.post("/v1/audio/transcriptions", data={"model": "whisper-1"}, content_type=FORM_TYPE)

    assert said(response) == (400, "invalid_request_error", "file", None)


def test_what_is_too_large_is_told_so(settings, sqlite_store, make_client):
    client = make_client(settings.model_copy(update={"upload_bytes": 100}), sqlite_store)

    assert said(asked(client)) == (413, "invalid_request_error", None, "too_large")


def test_quota_is_told_so(settings, sqlite_store, make_client, left_behind):
    client = make_client(settings, with_settings(sqlite_store, quota_bytes=100))

    assert said(asked(client)) == (429, "insufficient_quota", None, "quota_exceeded")
    assert left_behind() == []


def test_problems_elsewhere_stay_as_they_are(sqlite_client):
    response = sqlite_client.get("/api/v1/v1/models")

    assert response.mimetype == "application/problem+json"
