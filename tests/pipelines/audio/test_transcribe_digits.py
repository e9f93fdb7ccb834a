"""A Whisper that truly hears spoken digits: what is transcribed is what was said, and when."""

import json

import numpy as np
import pytest
from checkpoints.spoken_digits import RATE_HZ, recited
from recordings import source, write_wav

from pipelines.standalone import run_pipeline, standalone_context

pytestmark = pytest.mark.engine

SAID = {"en": (3, 1, 4, 2), "de": (7, 2, 8, 1), "es": (5, 0, 3, 2)}
WORDS = {"en": "three one four two", "de": "sieben zwei acht eins", "es": "cinco cero tres dos"}


@pytest.fixture(scope="module")
def recital():
    """``SAID`` by language, and a second phrase in English."""
    *phrases, other = recited([*SAID.items(), ("en", (8, 5, 9))])
    return dict(zip(SAID, phrases, strict=True)), other


@pytest.fixture(scope="module")
def said(recital):
    return recital[0]


@pytest.fixture
def transcribe(digit_models, tmp_path):
    def transcribe(samples, **params):
        workdir = tmp_path / "work"
        workdir.mkdir(exist_ok=True)
        recording = source(write_wav(tmp_path / "digits.wav", samples))
        return run_pipeline(
            "audio.transcribe", [recording], {"size": "tiny", **params}, standalone_context(workdir, digit_models)
        )

    return transcribe


def silence(seconds):
    return np.zeros(round(seconds * RATE_HZ), np.float32)


@pytest.mark.parametrize("engine", ["ctranslate2", "openai-whisper"])
@pytest.mark.parametrize("language", SAID)
def test_digits_and_their_language_are_heard(transcribe, said, language, engine):
    phrase = said[language]

    finished = transcribe(np.concatenate([silence(1), phrase.samples, silence(1)]), engine=engine)

    assert finished.result.body["text"] == WORDS[language]
    assert finished.result.body["language"] == language


def test_what_was_said_in_german_is_translated(transcribe, said):
    phrase = said["de"]

    finished = transcribe(np.concatenate([silence(1), phrase.samples, silence(1)]), task="translate")

    assert finished.result.body["text"] == "seven two eight one"
    assert finished.result.body["language"] == "de"


@pytest.mark.parametrize("engine", ["ctranslate2", "openai-whisper"])
def test_every_word_has_its_time(transcribe, said, engine):
    phrase = said["en"]

    finished = transcribe(np.concatenate([silence(2), phrase.samples, silence(1)]), word_times=True, engine=engine)

    words = finished.parts[0].body["words"]
    assert [word["text"] for word in words] == WORDS["en"].split()
    assert [word["start_s"] for word in words] == pytest.approx([2 + start_s for start_s in phrase.starts_s], abs=0.2)
    assert all(0.5 < word["probability"] <= 1 for word in words)
    assert json.loads(finished.output("transcript.json").path.read_text())["segments"][0]["words"] == words


@pytest.mark.parametrize("engine", ["ctranslate2", "openai-whisper"])
def test_segment_is_as_sure_as_its_own_words(transcribe, recital, engine):
    phrase, other = recital[0]["en"], recital[1]
    noise = np.random.default_rng(0).normal(0, 0.02, len(other.samples)).astype(np.float32)

    finished = transcribe(
        np.concatenate([silence(1.2), phrase.samples, silence(1.2), other.samples + noise, silence(1.2)]),
        word_times=True,
        engine=engine,
    )

    clear, noisy = [part.body for part in finished.parts]
    for segment in (clear, noisy):
        assert segment["confidence"] == pytest.approx(
            np.mean([one["probability"] for one in segment["words"]]), abs=2e-3
        )
    assert clear["confidence"] > noisy["confidence"] + 0.1


def test_silence_between_utterances_is_skipped_and_their_times_are_kept(transcribe, recital):
    phrase, other = recital[0]["en"], recital[1]

    finished = transcribe(np.concatenate([silence(20), phrase.samples, silence(60), other.samples, silence(20)]))

    heard = [(part.body["start_s"], part.body["text"]) for part in finished.parts]
    second_s = 20 + len(phrase.samples) / RATE_HZ + 60
    assert [text for _, text in heard] == [WORDS["en"], "eight five nine"]
    assert [start_s for start_s, _ in heard] == pytest.approx([20, second_s], abs=0.3)
