"""What is answered under /v1 is what the OpenAPI document says, of calls that succeed as of those that are refused."""

import json
from io import BytesIO
from pathlib import Path

import jsonschema_rs
import pytest
from support.calls_answered import stand_ins
from support.media import wav

DOCUMENT = json.loads((Path(__file__).parents[3] / "openapi.json").read_text())
LINES = b'{"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": {}}\n'
HELLO = [{"role": "user", "content": "Hello"}]
EMBEDDED = {"model": "text-embedding-3-small", "input": ["four"]}
SAID = {"model": "tts-1", "voice": "alloy", "input": "Hello"}


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
def test_transcription(keeps_to_it, asked):
    form = {"model": "whisper-1", "file": (BytesIO(wav()), "a.wav"), **asked}

    assert keeps_to_it("POST", "/v1/audio/transcriptions", data=form)


@pytest.mark.parametrize("form", ["json", "text", "verbose_json"])
def test_translation(keeps_to_it, form):
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
def test_what_is_asked_by_json(keeps_to_it, path, asked):
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
def test_what_is_there_and_what_is_not(keeps_to_it, ids, method, path, is_there):
    nowhere = "0190a6a0-0000-7000-8000-000000000000"
    named = {"model": "tts-1", **ids} if is_there else dict.fromkeys(["model", *ids], nowhere)

    assert keeps_to_it(method, path, named)
