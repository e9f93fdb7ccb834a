"""Texts read aloud for OpenAI's SDK: as it is said, and whole."""

import io
import json
import wave
from base64 import b64decode
from dataclasses import replace

import openai
import pytest
from support.working import Held

from pipelines.catalogue import catalogue
from pipelines.contract import EngineUsed, Output, Part, PartKind, Result

PIECES = (b"\1\0" * 24_000, b"\2\0" * 12_000)
SOUND = b"".join(PIECES)
MODEL, VOICE = "tts-1", "alloy"


def wav(samples):
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, 24_000, 0, "NONE", "NONE"))
        file.writeframes(samples)
    return content.getvalue()


def speaking(before_last=lambda _: None, pieces=PIECES, again=()):
    """In place of ``audio.speak``: says the same in every format, in ``pieces``, and ``again`` by another speaker."""

    def speak(sources, params, context):
        write = wav if params.format == "wav" else bytes
        for speaker, said in (("first", pieces), ("second", again)):
            at = 0
            for number, samples in enumerate(said):
                if samples == PIECES[-1]:
                    before_last(context)
                path = context.workdir / f"{speaker}-{number}"
                path.write_bytes(write(samples))
                yield Output(path.name, params.format.media_type, path, passing=True)
                ends_s = (at := at + len(samples)) / 48_000
                body = {"text": "x", "start_s": ends_s - len(samples) / 48_000, "end_s": ends_s, "output": path.name}
                yield Part(PartKind.SPEECH, body)
        path = context.workdir / f"speech.{params.format}"
        path.write_bytes(write(SOUND))
        yield Output(path.name, params.format.media_type, path)
        return Result({"language": params.language}, EngineUsed("by hand", "none"))

    return replace(catalogue()["audio.speak"], function=speak, made_by=None)


def streamed(client, form="pcm"):
    asked = client.audio.speech.with_streaming_response
    return asked.create(model=MODEL, voice=VOICE, input="Good morning.", response_format=form)


def test_sound_is_sent_before_the_rest_is_said(inside, work_inside):
    held = Held()

    with work_inside(speaking(held.wait)), streamed(inside) as answer:
        coming = answer.iter_bytes(len(PIECES[0]))
        first = next(coming)
        held.release()
        rest = b"".join(coming)

    assert (first, rest) == PIECES
    assert answer.headers["content-type"] == "audio/pcm"


def test_wav_whose_length_is_not_known_yet_can_be_read(inside, work_inside):
    held = Held()

    with work_inside(speaking(held.wait)), streamed(inside, "wav") as answer:
        coming = answer.iter_bytes()
        first = next(coming)
        held.release()
        sound = first + b"".join(coming)

    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 24_000)
        assert file.readframes(len(SOUND)) == SOUND


@pytest.mark.parametrize("pieces", [(), PIECES])
@pytest.mark.parametrize("form", ["opus", "flac", "aac", "pcm"])
def test_whole_is_the_same_however_it_was_made(inside, work_inside, pieces, form):
    with work_inside(speaking(pieces=pieces)):
        sound = inside.audio.speech.create(model=MODEL, voice=VOICE, input="Good morning.", response_format=form)

    assert sound.content == SOUND


def test_what_a_second_speaker_says_anew_is_not_sent_again(inside, work_inside):
    held = Held()

    with work_inside(speaking(held.wait, PIECES[:1], PIECES)), streamed(inside) as answer:
        coming = answer.iter_bytes(len(PIECES[0]))
        first = next(coming)
        held.release()
        rest = b"".join(coming)

    assert first + rest == SOUND


def test_sound_comes_as_events_if_that_is_asked_for(sqlite_client, work_inside):
    asked = {"model": MODEL, "voice": VOICE, "input": "Hi", "response_format": "pcm", "stream_format": "sse"}

    with work_inside(speaking()):
        lines = sqlite_client.post("/v1/audio/speech", json=asked).text.split("\n\n")

    *deltas, done = [json.loads(line.removeprefix("data: ")) for line in lines if line]
    assert b"".join(b64decode(delta["audio"]) for delta in deltas) == SOUND
    assert done == {"type": "speech.audio.done"}


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"model": "gpt-9"}, "model"),
        ({"voice": "bob"}, "voice"),
        ({"voice": {"id": "custom"}}, "voice"),
        ({"input": " "}, "input"),
        ({"input": "x" * 4097}, "input"),
        ({"speed": 2.5}, "speed"),
        ({"response_format": "midi"}, "response_format"),
    ],
)
def test_bad_value_is_named(inside, sqlite_client, asked, param):
    with pytest.raises(openai.APIStatusError) as refused:
        inside.audio.speech.create(**{"model": MODEL, "voice": VOICE, "input": "Hi", **asked})

    assert refused.value.param == param
    assert sqlite_client.get("/api/v1/jobs").get_json()["items"] == []


def test_voice_speed_and_model_are_handed_on(inside, sqlite_client, work_inside):
    with work_inside(speaking(pieces=())):
        inside.audio.speech.create(model="espeak-ng/voices", voice="f2", input="Hi", speed=1.5)

    [job] = sqlite_client.get("/api/v1/jobs").get_json()["items"]
    told = {name: job["params"][name] for name in ("engine", "voice", "speed", "format", "language")}
    assert told == {"engine": "espeak-ng", "voice": "f2", "speed": 1.5, "format": "mp3", "language": "auto"}
