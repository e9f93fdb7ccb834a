import csv
import json
import re
import shutil
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from recordings import RATE_HZ, babble, encode, source, write_wav
from scripted_whisper import different_words, write_scripted_whisper
from support.scarce_memory import loaded, run_out

from pipelines.catalogue import catalogue
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.models_of_run import ModelsOfRun
from pipelines.errors import Cancelled, EngineUnavailable, OutOfMemory
from pipelines.standalone import run_pipeline

pytestmark = pytest.mark.engine

OPENAI = {"engine": "openai-whisper"}


@pytest.fixture
def weights(context, scripted_models):
    """Weights in both of the forms that engines read."""
    shutil.copytree(scripted_models, context.models_dir)
    return context.models_dir / "whisper" / "base.pt"


@pytest.mark.parametrize("engine", ["ctranslate2", "openai-whisper"])
def test_weights_on_disk_are_used_without_a_network(context, weights, tmp_path, engine):
    recording = write_wav(tmp_path / "talk.wav", babble(5))

    finished = run_pipeline("audio.transcribe", [source(recording)], {"engine": engine}, context)

    [segment] = [part.body for part in finished.parts]
    assert segment.pop("confidence") == pytest.approx(1.0, abs=0.01)
    assert segment == {"start_s": 0.0, "end_s": 2.0, "text": "Guten Tag"}
    assert finished.result.body == {"language": "de", "duration_s": 5.0, "text": "Guten Tag", "segments": 1}
    assert (finished.result.engine.name, finished.result.engine.model) == (engine, "base")
    assert finished.result.warnings == ()


@pytest.mark.parametrize("engine", ["ctranslate2", "openai-whisper"])
def test_replaced_weights_are_used_by_the_next_run(context, weights, tmp_path, engine):
    recording = write_wav(tmp_path / "talk.wav", babble(2))
    before = run_pipeline("audio.transcribe", [source(recording)], {"engine": engine}, context)
    write_scripted_whisper(weights, says="Danke")

    after = run_pipeline("audio.transcribe", [source(recording)], {"engine": engine}, context)

    assert [one.result.body["text"] for one in (before, after)] == ["Guten Tag", "Danke"]


def test_window_that_runs_out_of_memory_is_heard_again_without_the_idle_models(context, weights, tmp_path):
    recording = write_wav(tmp_path / "talk.wav", babble(2))
    cache = BoundedModelCache()
    run_pipeline("audio.transcribe", [source(recording)], OPENAI, replace(context, models=cache))
    cache.get("idle", lambda: "model", lambda _: 1)
    run_out(loaded(cache, "whisper").model.decoder, times=1)

    with ModelsOfRun(cache, context.check) as models:
        finished = run_pipeline("audio.transcribe", [source(recording)], OPENAI, replace(context, models=models))

    assert finished.result.body["text"] == "Guten Tag"
    assert "idle" not in cache.keys()  # noqa: SIM118  it is no mapping


def test_window_without_memory_is_a_failure_that_may_pass(context, weights, tmp_path):
    recording = write_wav(tmp_path / "talk.wav", babble(2))
    cache = BoundedModelCache()
    run_pipeline("audio.transcribe", [source(recording)], OPENAI, replace(context, models=cache))
    run_out(loaded(cache, "whisper").model.decoder, times=inf)

    with pytest.raises(OutOfMemory, match="not enough memory"):
        run_pipeline("audio.transcribe", [source(recording)], OPENAI, replace(context, models=cache))


@pytest.mark.parametrize("hint", ["", "A hint as long as a hint may be. " * 30])
def test_dense_speech_and_a_long_hint_cost_no_words(context, tmp_path, hint):
    spoken = different_words(250)
    write_scripted_whisper(context.models_dir / "whisper" / "base.pt", spoken)
    recording = write_wav(tmp_path / "talk.wav", babble(5))

    finished = run_pipeline("audio.transcribe", [source(recording)], {"initial_prompt": hint[:1000]}, context)

    written = finished.result.body["text"]
    assert spoken.startswith(written)
    assert len(written.split()) > 200  # Whisper has room for 220 to 224 tokens


def test_last_segment_ends_no_later_than_the_recording(context, weights, tmp_path):
    recording = write_wav(tmp_path / "short.wav", babble(2, 22_050)[:31_872], 22_050)  # 23,128 samples at 16 kHz

    finished = run_pipeline("audio.transcribe", [source(recording)], {}, context)

    assert finished.parts[-1].body["end_s"] == finished.result.body["duration_s"] == 1.445


def test_words_stay_in_the_segment_that_they_were_said_in(context, tmp_path):
    write_scripted_whisper(context.models_dir / "whisper" / "base.pt", "I thought", "...and then she left.", "-Nobody")
    recording = write_wav(tmp_path / "talk.wav", babble(7))

    finished = run_pipeline("audio.transcribe", [source(recording)], {"word_times": True}, context)

    segments = [part.body for part in finished.parts]
    assert [segment["text"] for segment in segments] == ["I thought", "...and then she left.", "-Nobody"]
    for segment in segments:
        assert "".join(word["text"] for word in segment["words"]) == segment["text"].replace(" ", "")


def test_long_recording_is_heard_window_by_window_with_times_from_its_beginning(context, weights, tmp_path, told):
    recording = write_wav(tmp_path / "long.wav", babble(70))

    finished = run_pipeline("audio.transcribe", [source(recording)], {}, context)

    starts = [part.body["start_s"] for part in finished.parts]
    assert len(starts) == 3
    assert starts[0] == 0.0
    assert 28 <= starts[1] <= 34  # the pauses between its utterances are part of a window
    assert 28 <= starts[2] - starts[1] <= 34
    fractions = [fraction for fraction, note in told if note == "transcribing"]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_first_segments_arrive_before_the_recording_was_read(context, weights, tmp_path, told):
    recording = write_wav(tmp_path / "long.wav", babble(70))
    pipeline = catalogue()["audio.transcribe"]

    first = next(pipeline.function([source(recording)], pipeline.params(), context))

    assert first.body["text"] == "Guten Tag"
    assert told[-1] == (0.0, "transcribing")


def test_cancel_between_windows_ends_the_run(context, weights, tmp_path, told):
    def cancelled_at_half():
        if told[-1][0] and told[-1][0] > 0.3:
            raise Cancelled

    recording = write_wav(tmp_path / "long.wav", babble(70))
    pipeline = catalogue()["audio.transcribe"]
    run = pipeline.function([source(recording)], pipeline.params(), replace(context, check=cancelled_at_half))

    with pytest.raises(Cancelled):
        list(run)

    assert list(context.workdir.iterdir()) == []


class Looks:
    """Counts how often a run looks whether it was cancelled, and cancels it at one of them."""

    def __init__(self, cancelled_at=None):
        self.count = 0
        self.cancelled_at = cancelled_at

    def __call__(self):
        self.count += 1
        if self.count == self.cancelled_at:
            raise Cancelled


def test_cancel_within_a_window_ends_the_run_and_leaves_the_model_usable(context, weights, tmp_path):
    recording = source(write_wav(tmp_path / "talk.wav", babble(5)))
    pipeline = catalogue()["audio.transcribe"]
    params = pipeline.params(engine="openai-whisper")
    all_looks = Looks()
    list(pipeline.function([recording], params, replace(context, check=all_looks)))
    in_the_window = Looks(all_looks.count - 1)  # the last is behind it

    with pytest.raises(Cancelled):
        next(pipeline.function([recording], params, replace(context, check=in_the_window)))

    assert run_pipeline("audio.transcribe", [recording], {}, context).result.body["text"] == "Guten Tag"


@pytest.mark.parametrize("skip_silence", [True, False])
def test_cancel_is_heard_while_nobody_speaks(context, weights, tmp_path, skip_silence):
    recording = source(write_wav(tmp_path / "silence.wav", np.zeros(60 * RATE_HZ)))
    looks = Looks(cancelled_at=20)

    with pytest.raises(Cancelled):
        run_pipeline("audio.transcribe", [recording], {"skip_silence": skip_silence}, replace(context, check=looks))

    assert looks.count == 20


def test_run_that_waits_for_the_model_can_be_cancelled(context, weights, tmp_path):
    recording = source(write_wav(tmp_path / "talk.wav", babble(5)))
    pipeline = catalogue()["audio.transcribe"]
    params = pipeline.params(engine="openai-whisper")
    heard, waited = [], []

    def cancelled_while_waiting():
        waited.append("check")
        if len(waited) == 2:  # the first is before the window
            raise Cancelled

    def another_run_comes():
        heard.append("check")
        if len(heard) == 2:  # within the window: the model is taken
            with pytest.raises(Cancelled):
                next(pipeline.function([recording], params, replace(context, check=cancelled_while_waiting)))

    first = next(pipeline.function([recording], params, replace(context, check=another_run_comes)))

    assert first.body["text"] == "Guten Tag"
    assert len(waited) == 2


@pytest.mark.parametrize("kind", ["silence", "hiss", "hum"])
def test_silence_and_steady_noise_give_no_words(context, weights, tmp_path, kind):
    t = np.arange(40 * RATE_HZ) / RATE_HZ
    sound = {
        "silence": np.zeros_like(t),
        "hiss": np.random.default_rng(1).normal(0, 0.1, len(t)),
        "hum": 0.3 * np.sin(2 * np.pi * 50 * t),
    }[kind]
    recording = write_wav(tmp_path / "empty.wav", sound)

    finished = run_pipeline("audio.transcribe", [source(recording)], {}, context)

    assert finished.parts == ()
    assert finished.result.body == {"language": "und", "duration_s": 40.0, "text": "", "segments": 0}
    assert finished.output("transcript.vtt").path.read_text() == "WEBVTT\n\n"


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [
        ("a.mp3", "mp3", 44_100),
        ("a.ogg", "libopus", 48_000),
        ("a.m4a", "aac", 44_100),
        ("a.flac", "flac", 48_000),
        ("a.wav", "pcm_s16le", 8_000),
        ("a.mkv", "libopus", 48_000),
        ("a.aiff", "pcm_s16be", 22_050),
    ],
)
def test_every_common_container_is_heard(context, weights, tmp_path, name, codec, rate_hz):
    recording = encode(tmp_path / name, babble(5, rate_hz), rate_hz, codec)

    finished = run_pipeline("audio.transcribe", [source(recording)], {}, context)

    assert finished.result.body["text"] == "Guten Tag"
    assert finished.result.body["duration_s"] == pytest.approx(5, abs=0.1)
    assert finished.result.warnings == ()


def test_sound_track_of_a_video_is_heard(context, weights, tmp_path):
    film = encode(tmp_path / "film.mp4", babble(5, 44_100), 44_100, "aac", picture=True)

    finished = run_pipeline("audio.transcribe", [source(film, "video/mp4")], {}, context)

    assert finished.result.body["text"] == "Guten Tag"


def test_five_files_tell_the_same_transcript(context, weights, tmp_path):
    recording = write_wav(tmp_path / "talk.wav", babble(5))

    finished = run_pipeline("audio.transcribe", [source(recording)], {}, context)

    transcript = json.loads(finished.output("transcript.json").path.read_text())
    assert transcript == {
        "language": "de",
        "duration_s": 5.0,
        "engine": {"name": "ctranslate2", "model": "base"},
        "segments": [{"id": 0, **finished.parts[0].body}],
    }
    assert finished.output("transcript.txt").path.read_text() == "Guten Tag\n"
    assert finished.output("transcript.srt").path.read_text() == "1\n00:00:00,000 --> 00:00:02,000\nGuten Tag\n\n"
    assert "00:00:00.000 --> 00:00:02.000\nGuten Tag" in finished.output("transcript.vtt").path.read_text()
    confidence = finished.parts[0].body["confidence"]
    assert list(csv.reader(finished.output("transcript.csv").path.read_text().splitlines())) == [
        ["start_s", "end_s", "confidence", "text"],
        ["0.000", "2.000", str(confidence), "Guten Tag"],
    ]


def test_file_that_holds_no_weights_is_named_when_whisper_was_asked_for(context, tmp_path):
    broken = context.models_dir / "whisper" / "base.pt"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"<html>not found</html>")
    recording = write_wav(tmp_path / "talk.wav", babble(3))

    with pytest.raises(EngineUnavailable, match=re.escape("base.pt holds no Whisper weights")):
        run_pipeline("audio.transcribe", [source(recording)], {"engine": "openai-whisper"}, context)


def test_broken_weights_fall_back_with_the_reason(context, tmp_path):
    broken = context.models_dir / "whisper" / "base.pt"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"")
    recording = write_wav(tmp_path / "talk.wav", babble(3))

    finished = run_pipeline("audio.transcribe", [source(recording)], {}, context)

    assert finished.result.engine.name == "pocketsphinx"
    assert "base.pt holds no Whisper weights" in finished.result.warnings[0]
