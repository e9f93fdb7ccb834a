"""Batches for OpenAI's SDK: a file of calls in, a file of answers and one of errors out."""

import json
from dataclasses import replace

import openai
import pytest
from support.batching import tend
from support.measuring import UNTOUCHABLE, measuring
from support.media import wav
from support.spoken import SAID, hearing
from support.stores import HandClock
from support.until import until

EMBEDDINGS, HEARD = "/v1/embeddings", "/v1/audio/transcriptions"


def call(custom_id, url=EMBEDDINGS, **body):
    body = {"model": "text-embedding-3-small", **body}
    return {"custom_id": custom_id, "method": "POST", "url": url, "body": body}


@pytest.fixture
def make(inside):
    """Have a batch made of these lines."""

    def make(*lines, endpoint=EMBEDDINGS, **more):
        content = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines).encode()
        file = inside.files.create(file=("calls.jsonl", content), purpose="batch")
        return inside.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h", **more)

    return make


@pytest.fixture
def done(inside, sqlite_store, work_inside):
    """Have a batch done, and tell it."""

    def done(batch, *pipelines):
        def ended():
            tend(sqlite_store)
            told = inside.batches.retrieve(batch.id)
            return told if told.status in ("completed", "failed", "expired") else None

        with work_inside(*(pipelines or [measuring()])):
            return until(ended, pause_s=0.02)

    return done


def lines_of(inside, file_id):
    return [json.loads(line) for line in inside.files.content(file_id).text.splitlines()]


def test_answers_come_in_the_order_of_the_calls(inside, make, done):
    made = make(call("b", input="four"), call("a", input=["one", "three"]), metadata={"run": "7"})

    batch = done(made)

    assert (made.status, made.request_counts.total) == ("validating", 0)
    assert (batch.status, batch.request_counts.completed, batch.request_counts.failed) == ("completed", 2, 0)
    assert (batch.endpoint, batch.metadata, batch.error_file_id) == (EMBEDDINGS, {"run": "7"}, None)
    assert batch.expires_at == batch.created_at + 24 * 3600
    first, second = lines_of(inside, batch.output_file_id)
    assert (first["custom_id"], first["response"]["status_code"], first["error"]) == ("b", 200, None)
    assert first["response"]["body"]["data"][0]["embedding"] == [4.0, 0.5]
    assert [one["embedding"][0] for one in second["response"]["body"]["data"]] == [3.0, 5.0]


def test_what_cannot_be_answered_stands_in_the_error_file_alone(inside, make, done):
    bad = [
        call("fails", input=UNTOUCHABLE),
        call("empty", input=""),
        call("elsewhere", url="/v1/chat/completions"),
        "no JSON",
        call("good", input="again"),
    ]

    batch = done(make(call("good", input="four"), *bad))

    assert (batch.request_counts.completed, batch.request_counts.failed) == (1, 5)
    [good] = lines_of(inside, batch.output_file_id)
    errors = {one["custom_id"]: one for one in lines_of(inside, batch.error_file_id)}
    assert good["custom_id"] == "good"
    assert errors["fails"]["response"]["status_code"] == 400
    assert UNTOUCHABLE in errors["fails"]["response"]["body"]["error"]["message"]
    assert errors["empty"]["response"]["body"]["error"]["code"] == "invalid_value"
    assert "is the batch's" in errors["elsewhere"]["response"]["body"]["error"]["message"]
    assert errors["good"]["response"]["body"]["error"]["code"] == "duplicate_custom_id"
    assert (errors[None]["response"], errors[None]["error"]["code"]) == (None, "bad_json")


def test_recordings_are_named_by_their_files(inside, make, done):
    recording = inside.files.create(file=("talk.wav", wav()), purpose="user_data")
    asked = [
        call("json", HEARD, model="whisper-1", file=recording.id),
        call("srt", HEARD, model="whisper-1", file=recording.id, response_format="srt"),
    ]

    batch = done(make(*asked, endpoint=HEARD), hearing())

    first, second = lines_of(inside, batch.output_file_id)
    assert first["response"]["body"]["text"] == SAID
    assert second["response"]["body"].startswith("1\n00:00:00,000")


def test_what_has_not_ended_in_a_day_is_cancelled(inside, make, sqlite_store):
    batch = make(call("late", input="four"))
    tend(sqlite_store)
    later = HandClock(sqlite_store.clock() + 24 * 3600 + 1)

    tend(replace(sqlite_store, clock=later))

    told = inside.batches.retrieve(batch.id)
    [error] = lines_of(inside, told.error_file_id)
    assert (told.status, told.output_file_id) == ("expired", None)
    assert (error["custom_id"], error["response"], error["error"]["code"]) == ("late", None, "cancelled")


def test_cancelled_batch_is_told_so_and_listed(inside, make, sqlite_store, sqlite_client):
    sqlite_client.post("/api/v1/batches", json={"pipeline": "text.keywords", "files": []})
    batches = [make(call("a", input="four")) for _ in range(2)]
    tend(sqlite_store)

    cancelled = inside.batches.cancel(batches[0].id)

    assert cancelled.status == "cancelled"
    assert [(one.id, one.status) for one in inside.batches.list(limit=1)] == [
        (batches[1].id, "in_progress"),
        (batches[0].id, "cancelled"),
    ]


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"endpoint": "/v1/responses"}, "endpoint"),
        ({"completion_window": "48h"}, "completion_window"),
        ({"input_file_id": "file-x"}, "input_file_id"),
        ({"input_file_id": "file-0190a6a0-0000-7000-8000-000000000000"}, "input_file_id"),
    ],
)
def test_bad_value_is_named(inside, asked, param):
    file = inside.files.create(file=("calls.jsonl", b"{}\n"), purpose="batch")
    usual = {"input_file_id": file.id, "endpoint": EMBEDDINGS, "completion_window": "24h"}

    with pytest.raises(openai.APIStatusError) as refused:
        inside.batches.create(**{**usual, **asked})

    assert refused.value.param == param
    assert inside.batches.list().data == []


def test_batch_that_has_ended_is_cancelled_no_more_and_not_asked_again(inside, make, done):
    batch = done(make(call("a", input="four")))

    with pytest.raises(openai.ConflictError) as refused:
        inside.batches.cancel(batch.id)

    assert refused.value.code == "wrong_state"
    assert refused.value.response.headers["X-Should-Retry"] == "false"


def test_batch_of_triptychs_own_is_none_of_openais(inside, sqlite_client):
    file = sqlite_client.post("/api/v1/files?name=a.txt", data=b"words").get_json()
    own = sqlite_client.post("/api/v1/batches", json={"pipeline": "text.keywords", "files": [file["id"]]}).get_json()

    with pytest.raises(openai.NotFoundError):
        inside.batches.retrieve(f"batch_{own['id']}")

    assert inside.batches.list().data == []
