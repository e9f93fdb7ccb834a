"""What is answered under /v1 is what the OpenAPI document says, of calls that succeed as of those that are refused."""

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import jsonschema_rs
import pytest
from support.calls_answered import stand_ins
from support.media import wav

from pipelines.catalogue import catalogue
from pipelines.errors import PipelineError

ROOT = Path(__file__).parents[3]
DOCUMENT = json.loads((ROOT / "openapi.json").read_text())
LINES = b'{"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": {}}\n'
HELLO = [{"role": "user", "content": "Hello"}]
EMBEDDED = {"model": "text-embedding-3-small", "input": ["four"]}
SAID = {"model": "tts-1", "voice": "alloy", "input": "Hello"}
CALLS = ("audio/transcriptions", "audio/translations", "audio/speech", "chat/completions", "embeddings")
NOT_OF_CALLS = {
    *("bad_ssml", "empty_piece", "no_such_page", "no_vectors", "sizes_differ"),  # of pipelines, or of their parameters
    *("gone", "other_model", "reindexing"),  # of replies and of the memory's upkeep
    *("quota_exceeded", "server_away"),  # told in a warning, and of attempts alone
    "no_such_model",  # which is model_not_found there
}


@pytest.fixture
def keeps_to_it(sqlite_client, work_inside):
    """Whether the answer to a request is of a status and a media type that the document tells, and of its schema."""

    def keeps(method, path, ids=None, **asked):
        with work_inside(*stand_ins()):
            response = sqlite_client.open(path.format(**(ids or {})), method=method, **asked)
        told = DOCUMENT["paths"][path][method.lower()]["responses"][str(response.status_code)]["content"]
        schema = told[response.mimetype].get("schema")
        whole = {**schema, "components": DOCUMENT["components"]} if schema else {}
        return response.mimetype != "application/json" or jsonschema_rs.is_valid(whole, response.get_json())

    return keeps


@pytest.fixture
def ids(sqlite_client):
    """Of a file, and of a batch that was made of it."""
    form = {"purpose": "batch", "file": (BytesIO(LINES), "calls.jsonl")}
    file = sqlite_client.post("/v1/files", data=form).get_json()["id"]
    asked = {"input_file_id": file, "endpoint": "/v1/embeddings", "completion_window": "24h", "metadata": {"a": "b"}}
    return {"file_id": file, "batch_id": sqlite_client.post("/v1/batches", json=asked).get_json()["id"]}


@pytest.mark.parametrize(
    "asked",
    [
        *({"response_format": form} for form in ("json", "text", "srt", "vtt", "verbose_json", "diarized_json")),
        {"response_format": "verbose_json", "timestamp_granularities[]": "word"},
        {"stream": "true"},
        {"language": "tlh"},
    ],
)
def test_transcription_is_answered_as_the_document_says(keeps_to_it, asked):
    form = {"model": "whisper-1", "file": (BytesIO(wav()), "a.wav"), **asked}

    assert keeps_to_it("POST", "/v1/audio/transcriptions", data=form)


@pytest.mark.parametrize("form", ["json", "text", "verbose_json"])
def test_translation_is_answered_as_the_document_says(keeps_to_it, form):
    asked = {"model": "whisper-1", "file": (BytesIO(wav()), "a.wav"), "response_format": form}

    assert keeps_to_it("POST", "/v1/audio/translations", data=asked)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        *(("/v1/audio/speech", {**SAID, "response_format": form}) for form in ("mp3", "wav", "flac", "opus", "aac")),
        ("/v1/audio/speech", {**SAID, "response_format": "pcm", "stream_format": "sse"}),
        ("/v1/audio/speech", {**SAID, "voice": "bob"}),
        ("/v1/embeddings", EMBEDDED),
        ("/v1/embeddings", {**EMBEDDED, "encoding_format": "base64"}),
        ("/v1/embeddings", {**EMBEDDED, "dimensions": 7}),
        ("/v1/chat/completions", {"model": "tiny-chat", "messages": HELLO}),
        ("/v1/chat/completions", {"model": "tiny-chat", "messages": HELLO, "stream": True}),
        ("/v1/chat/completions", {"model": "tiny-chat", "messages": []}),
        ("/v1/batches", {"endpoint": "/v1/embeddings"}),
    ],
)
def test_what_is_asked_by_json_is_answered_as_the_document_says(keeps_to_it, path, asked):
    assert keeps_to_it("POST", path, json=asked)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/models"),
        ("GET", "/v1/models/{model}"),
        ("GET", "/v1/files"),
        ("GET", "/v1/files/{file_id}"),
        ("DELETE", "/v1/files/{file_id}"),
        ("GET", "/v1/batches"),
        ("GET", "/v1/batches/{batch_id}"),
        ("POST", "/v1/batches/{batch_id}/cancel"),
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
def test_what_is_there_and_what_is_not_is_told_as_the_document_says(keeps_to_it, ids, method, path, is_there):
    nowhere = "0190a6a0-0000-7000-8000-000000000000"
    named = {"model": "tts-1", **ids} if is_there else dict.fromkeys(["model", *ids], nowhere)

    assert keeps_to_it(method, path, named)


def ways_to_fail():
    """The codes in docs/api.md, "Why a job failed", with which a job of a call may."""
    table = (
        (ROOT / "docs" / "api.md").read_text().partition("### Why a job failed")[2].partition("\n\nOf an attempt")[0]
    )
    codes = {code for line in table.splitlines() if line.startswith("| `") for code in re.findall("`(.+?)`", line)}
    assert codes >= NOT_OF_CALLS, "there is no such code: take it from NOT_OF_CALLS"
    return sorted(codes - NOT_OF_CALLS)


@pytest.mark.parametrize("code", ways_to_fail())
def test_every_way_in_which_its_job_fails_is_told_of_each_call(sqlite_client, work_inside, code):
    def fail(sources, params, context):
        raise PipelineError("it failed", code=code)

    with work_inside(replace(catalogue()["text.vectors"], function=fail)):
        response = sqlite_client.post("/v1/embeddings", json=EMBEDDED)

    assert response.get_json()["error"]["code"] == code
    responses = [DOCUMENT["paths"][f"/v1/{call}"]["post"]["responses"] for call in CALLS]
    told = [one.get(str(response.status_code), {"content": {"application/json": {}}}) for one in responses]
    assert all(code in one["content"]["application/json"].get("examples", ()) for one in told), response.status_code
