"""Who says what: voices of eSpeak NG that the small model of voices never heard before, taking turns."""

import json
import shutil
from dataclasses import replace
from itertools import count

import pytest
from checkpoints.spoken_voices import FILE, dialogue
from recordings import source, write_wav

from pipelines.audio.transcribe import TranscribeParams, heard
from pipelines.catalogue import catalogue
from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import Surroundings
from pipelines.standalone import MemoryCheckpoint, run_pipeline, run_to_the_end, standalone_context

pytestmark = pytest.mark.engine

ASKED = {"size": "tiny", "speakers": True, "speaker_model": "mine"}
LINES = [
    ("en-us+f2", "three one four two"),
    ("en-us+m3", "eight five nine"),
    ("en-us+f2", "six zero seven"),
    ("en-us+f2", "two four one"),
    ("en-us+m3", "five three eight"),
]
SAID = [
    ("S1", "three one four two"),
    ("S2", "eight five nine"),
    ("S1", "six zero seven"),
    ("S1", "two four one"),
    ("S2", "five three eight"),
]


@pytest.fixture(scope="module")
def models(tmp_path_factory, digit_models):
    models = tmp_path_factory.mktemp("voices") / "models"
    shutil.copytree(digit_models, models)
    (models / "speakers").mkdir()
    shutil.copy(FILE, models / "speakers" / "mine.onnx")
    (models / "speakers" / "broken.onnx").write_bytes(b"no model")
    return models


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    spoken = dialogue(LINES, [1.0] * len(LINES))
    return source(write_wav(tmp_path_factory.mktemp("dialogue") / "talk.wav", spoken.samples)), spoken


@pytest.fixture
def context(models, tmp_path):
    workdir = tmp_path / "work"
    workdir.mkdir()
    return standalone_context(workdir, models)


def segments(finished):
    return json.loads(finished.output("transcript.json").path.read_text())["segments"]


def who_said(finished):
    return [(segment.get("speaker"), segment["text"]) for segment in segments(finished)]


def test_two_voices_that_take_turns_are_told_apart(recording, context):
    finished = run_pipeline("audio.transcribe", [recording[0]], ASKED, context)

    assert who_said(finished) == SAID
    assert finished.result.body["speakers"] == ["S1", "S2"]
    assert finished.result.body["told_apart_by"] == {"name": "voice-prints", "model": "mine"}
    assert not finished.result.warnings


def test_segments_come_without_speakers_while_the_recording_is_heard(recording, context):
    told = []
    watched = replace(context, progress=lambda fraction, note: told.append((fraction, note)))

    finished = run_pipeline("audio.transcribe", [recording[0]], ASKED, watched)

    assert " ".join(part.body["text"] for part in finished.parts) == " ".join(text for _, text in SAID)
    assert all("speaker" not in part.body for part in finished.parts)
    fractions = [fraction for fraction, _ in told if fraction is not None]
    assert fractions == sorted(fractions)
    assert told[-1][1] == "telling speakers apart"


def test_voices_without_a_pause_between_them_are_told_apart_by_their_words(context, tmp_path):
    lines = [("en-us+f2", "seven one four two"), ("en-us+m3", "eight seven nine zero")]
    spoken = dialogue(lines, [1.0, 0.05])
    hasty = source(write_wav(tmp_path / "hasty.wav", spoken.samples))

    finished = run_pipeline("audio.transcribe", [hasty], {**ASKED, "word_times": True, "speakers_least": 2}, context)

    assert who_said(finished) == [("S1", lines[0][1]), ("S2", lines[1][1])]
    assert segments(finished)[1]["start_s"] == pytest.approx(spoken.spoken[1].start_s, abs=0.4)


def test_no_more_speakers_are_named_than_there_may_be(recording, context):
    finished = run_pipeline("audio.transcribe", [recording[0]], {**ASKED, "speakers_most": 1}, context)

    assert {speaker for speaker, _ in who_said(finished)} == {"S1"}


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("absent", "there is no absent.onnx in the models' folder speakers"),
        ("wespeaker_en_voxceleb_resnet34_LM", "pull speakers/wespeaker_en_voxceleb_resnet34_LM"),
        ("broken", "broken.onnx is no speaker embedding that ONNX Runtime can run"),
    ],
)
def test_without_a_model_of_voices_nobody_is_named_and_it_is_told_why(recording, context, model, why):
    finished = run_pipeline("audio.transcribe", [recording[0]], {**ASKED, "speaker_model": model}, context)

    assert who_said(finished) == [(None, text) for _, text in SAID]
    assert "speakers" not in finished.result.body
    assert [warning for warning in finished.result.warnings if why in warning]


def test_run_that_died_while_it_listened_for_voices_goes_on_from_there(recording, context):
    def run(checkpoint, check=lambda: None):
        ten_seconds_a_look = count(0.0, 31.0).__next__
        ours = replace(context, checkpoint=checkpoint, check=check)
        return checkpoint.following(heard(recording[0], TranscribeParams(**ASKED), ours, ten_seconds_a_look))

    whole = run_to_the_end(run(MemoryCheckpoint()))
    words = segments(whole)
    checkpoint = MemoryCheckpoint()
    with pytest.raises(RuntimeError, match="died"):
        run_to_the_end(run(checkpoint, _dying_with(checkpoint, windows=4)))
    left = len(_windows_of(checkpoint))

    resumed = run_to_the_end(run(checkpoint))

    assert 0 < left < len(_windows_of(checkpoint))
    assert resumed.parts == whole.parts
    assert resumed.result == whole.result
    assert segments(resumed) == words


def _windows_of(checkpoint):
    saved = checkpoint.load()
    voices = saved.state.get("voices") if saved else None
    return voices["prints"]["starts_ms"] if voices else ""


def _dying_with(checkpoint, windows):
    """A check that raises once so many windows of voices were put down: 4 bytes each, in base64."""

    def check():
        if len(_windows_of(checkpoint)) >= windows * 4 * 4 // 3:
            raise RuntimeError("the worker died")

    return check


def test_result_is_made_by_the_model_of_voices_too(models, tmp_path):
    def word(folder, **params):
        around = Surroundings(folder, NoNetwork())
        return catalogue()["audio.transcribe"].made_by(TranscribeParams(**params), around)

    assert word(models, **ASKED) != word(models, **{**ASKED, "speakers": False})
    assert word(models, **ASKED) != word(models, **{**ASKED, "speaker_model": "broken"})
    assert word(models, **ASKED) != word(models, **{**ASKED, "speaker_model": "absent"})
    assert word(models, size="tiny") == word(models, size="tiny", speaker_model="absent")
