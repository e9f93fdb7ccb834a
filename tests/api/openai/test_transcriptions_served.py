"""Recordings written down for OpenAI's SDK: every form, as it is heard, and for a client that goes away."""

import json
import socket
from contextlib import closing
from dataclasses import replace

import openai
import pytest
from openai.types.audio import TranscriptionDiarized
from support.media import wav
from support.spoken import SAID, hearing
from support.until import until
from support.working import Held

from pipelines.errors import BadInput, EngineUnavailable, PipelineError
from triptych.jobs.states import JobState, Priority

pytestmark = pytest.mark.stack
MODEL = "whisper-1"


def recording():
    return ("talk.wav", wav())


def failing(error: PipelineError):
    def hear(sources, params, context):
        raise error
        yield

    return replace(hearing(), function=hear)


def test_recording_is_written_down_by_a_job_that_is_named(sdk, work):
    with work(hearing()) as newest:
        answer = sdk.audio.transcriptions.with_raw_response.create(model=MODEL, file=recording(), prompt="Hello")
        job = newest()

    assert answer.parse().text == SAID
    assert answer.parse().usage.seconds == 3.0
    assert answer.headers["Triptych-Job"] == job.id
    assert (job.priority, job.params["initial_prompt"]) == (Priority.INTERACTIVE, "Hello")


@pytest.mark.parametrize(
    ("form", "beginning"),
    [("text", SAID), ("srt", "1\n00:00:00,000 --> 00:00:01,"), ("vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.")],
)
def test_words_are_given_in_the_form_that_is_asked_for(sdk, work, form, beginning):
    with work(hearing()):
        answer = sdk.audio.transcriptions.create(model=MODEL, file=recording(), response_format=form)

    assert answer.startswith(beginning)


def test_field_that_nobody_filled_in_is_as_if_it_were_left_out(sdk, work):
    with work(hearing()):
        empty = {"language": "", "temperature": "", "response_format": "", "prompt": ""}
        answer = sdk.audio.transcriptions.create(model=MODEL, file=recording(), extra_body=empty)

    assert answer.text == SAID


def test_verbose_answer_tells_segments_and_words(sdk, work):
    with work(hearing()):
        answer = sdk.audio.transcriptions.create(
            model=MODEL,
            file=recording(),
            response_format="verbose_json",
            timestamp_granularities=["word", "segment"],
            language="de",
        )

    assert (answer.language, answer.duration, answer.text) == ("de", 3.0, SAID)
    assert [(one.start, one.end, one.text) for one in answer.segments] == [
        (0.0, 1.0, "Good morning."),
        (1.5, 3.0, "The harbour is open."),
    ]
    assert [(one.word, one.start, one.end) for one in answer.words] == [("Good", 0.0, 0.4), ("morning.", 0.4, 1.0)]


@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-transcribe-diarize"])
def test_who_says_what_is_told(sdk, work, model):
    with work(hearing()):
        answer = sdk.audio.transcriptions.create(
            model=model, file=recording(), response_format="diarized_json", chunking_strategy="auto"
        )

    assert (type(answer), answer.text, answer.task) == (TranscriptionDiarized, SAID, "transcribe")
    assert [(one.id, one.speaker, one.start, one.end, one.text) for one in answer.segments] == [
        ("seg_0", "S1", 0.0, 1.0, "Good morning."),
        ("seg_1", "S2", 1.5, 3.0, "The harbour is open."),
    ]


def test_stream_tells_who_spoke_when_all_is_heard(sdk, work):
    with work(hearing()):
        asked = {"response_format": "diarized_json", "stream": True}
        *deltas, first, second, done = sdk.audio.transcriptions.create(model=MODEL, file=recording(), **asked)

    assert [one.type for one in deltas] == ["transcript.text.delta"] * 2
    assert [(one.type, one.speaker) for one in (first, second)] == [
        ("transcript.text.segment", "S1"),
        ("transcript.text.segment", "S2"),
    ]
    assert done.type == "transcript.text.done"


def test_stream_tells_what_is_heard_before_the_rest_is(sdk, work):
    held = Held()

    with work(hearing(held.wait)):
        events = sdk.audio.transcriptions.create(model=MODEL, file=recording(), stream=True)
        first = next(events)
        held.release()
        rest = list(events)

    assert (first.type, first.delta) == ("transcript.text.delta", "Good morning.")
    assert [(one.type, getattr(one, "delta", "") or one.text) for one in rest] == [
        ("transcript.text.delta", " The harbour is open."),
        ("transcript.text.done", SAID),
    ]


def test_what_a_job_warns_of_stands_in_the_answer(sdk, work):
    with work(hearing(lambda _: None, "It was noisy.")):
        answer = sdk.audio.transcriptions.create(model=MODEL, file=recording())

    assert answer.warnings == ["It was noisy."]


def test_translation_is_into_english(sdk, work):
    with work(hearing()) as newest:
        with pytest.warns(DeprecationWarning, match="deprecated"):  # the SDK's word of it
            answer = sdk.audio.translations.with_raw_response.create(model=MODEL, file=recording())
        job = newest()

    assert json.loads(answer.content)["text"] == SAID
    assert job.params["task"] == "translate"


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (BadInput("it is cut off", code="bad_media"), openai.BadRequestError, "bad_media"),
        (EngineUnavailable("no weights"), openai.InternalServerError, "engine_unavailable"),
    ],
)
@pytest.mark.parametrize("is_streamed", [False, True])
def test_job_that_fails_is_an_error_of_the_sdk(sdk, work, error, kind, code, is_streamed):
    with work(failing(error)), pytest.raises(kind) as raised:
        sdk.audio.transcriptions.create(model=MODEL, file=recording(), stream=is_streamed)

    assert (raised.value.code, raised.value.body["message"]) == (code, error.message)
    assert raised.value.response.headers["X-Should-Retry"] == "false"


def test_stream_that_breaks_says_why(sdk, work):
    def breaks(_):
        raise BadInput("the rest is noise", code="bad_media")

    with work(hearing(breaks)):
        events = sdk.audio.transcriptions.create(model=MODEL, file=recording(), stream=True)
        first = next(events)
        with pytest.raises(openai.APIError, match="the rest is noise"):
            list(events)

    assert first.delta == "Good morning."


@pytest.mark.parametrize("is_streamed", [False, True])
def test_job_of_a_client_that_goes_away_is_cancelled(served, work, is_streamed):
    held = Held()
    request = form_of({"model": MODEL, "stream": str(is_streamed).lower()}, served.port)

    with work(hearing(held.wait)) as newest:
        with closing(socket.create_connection(("127.0.0.1", served.port))) as connection:
            connection.sendall(request)
            until(lambda: newest().state is JobState.RUNNING, pause_s=0.02)
        ended = until(lambda: newest().is_finished and newest(), pause_s=0.02)

    assert ended.state is JobState.CANCELLED


def form_of(fields: dict[str, str], port: int) -> bytes:
    """A request with these fields and a recording, as it goes over the wire."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    parts.append('--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n')
    body = "\r\n".join(parts).encode() + wav() + b"\r\n--x--\r\n"
    head = [
        "POST /v1/audio/transcriptions HTTP/1.1",
        f"Host: localhost:{port}",
        "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
