"""A transcription whose worker died goes on behind the last window that was saved."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from recordings import RATE_HZ, babble, source, write_wav
from scripted_whisper import write_scripted_whisper

from pipelines.audio.transcribe import TranscribeParams, heard
from pipelines.standalone import MemoryCheckpoint, run_to_the_end, standalone_context

pytestmark = pytest.mark.engine


@pytest.fixture
def recording(tmp_path):
    """Four windows of something that Whisper writes down as one segment each."""
    return source(write_wav(tmp_path / "long.wav", babble(100)))


@pytest.fixture
def transcribe(tmp_path):
    """A run in a process of its own: nothing is shared with another but the checkpoint and the models' folder."""

    def transcribe(recording, checkpoint, **params):
        workdir = tmp_path / f"work{checkpoint.saves}"
        workdir.mkdir(exist_ok=True)
        context = replace(standalone_context(workdir, tmp_path / "models"), checkpoint=checkpoint)
        ten_seconds_a_look = count(0.0, 10.0).__next__
        return checkpoint.following(heard(recording, TranscribeParams(**params), context, ten_seconds_a_look))

    return transcribe


def let_whisper_say(words, models_dir):
    return write_scripted_whisper(models_dir / "whisper" / "base.pt", words)


def die_after(saves, run, checkpoint):
    """Let the run go on until its worker, having saved so often, dies in the middle of the next window."""
    for _ in run:
        if checkpoint.saves >= saves:
            break
    run.close()


def files(finished):
    return {output.name: output.path.read_text() for output in finished.outputs}


def test_resumed_transcript_is_the_uninterrupted_one(transcribe, recording, tmp_path):
    let_whisper_say("Guten Tag", tmp_path / "models")
    whole = run_to_the_end(transcribe(recording, MemoryCheckpoint()))
    files_of_whole = files(whole)
    checkpoint = MemoryCheckpoint()
    die_after(2, transcribe(recording, checkpoint), checkpoint)

    resumed = run_to_the_end(transcribe(recording, checkpoint))

    assert len(whole.parts) == 4
    assert resumed.parts == whole.parts
    assert resumed.result == whole.result
    assert files(resumed) == files_of_whole


def test_windows_heard_before_are_not_heard_again(transcribe, recording, tmp_path):
    let_whisper_say("Guten Tag", tmp_path / "models")
    checkpoint = MemoryCheckpoint()
    die_after(2, transcribe(recording, checkpoint), checkpoint)
    let_whisper_say("Gute Nacht", tmp_path / "models")

    resumed = run_to_the_end(transcribe(recording, checkpoint))

    assert [part.body["text"] for part in resumed.parts] == ["Guten Tag"] * 3 + ["Gute Nacht"]  # one window, then two


def test_run_that_dies_again_loses_nothing_of_what_the_first_had_heard(transcribe, recording, tmp_path):
    let_whisper_say("Guten Tag", tmp_path / "models")
    checkpoint = MemoryCheckpoint()
    die_after(1, transcribe(recording, checkpoint), checkpoint)
    die_after(2, transcribe(recording, checkpoint), checkpoint)
    let_whisper_say("Gute Nacht", tmp_path / "models")

    resumed = run_to_the_end(transcribe(recording, checkpoint))

    assert [part.body["text"] for part in resumed.parts] == ["Guten Tag"] * 2 + ["Gute Nacht"] * 2


def test_what_another_model_heard_is_heard_again(transcribe, recording, tmp_path):
    let_whisper_say("Guten Tag", tmp_path / "models")
    checkpoint = MemoryCheckpoint()
    die_after(2, transcribe(recording, checkpoint), checkpoint)
    write_scripted_whisper(tmp_path / "models" / "whisper" / "tiny.pt", "Gute Nacht")

    resumed = run_to_the_end(transcribe(recording, checkpoint, size="tiny"))

    assert [part.body["text"] for part in resumed.parts] == ["Gute Nacht"] * 4


def test_language_found_out_before_is_kept(transcribe, tmp_path):
    speech_and_silence = source(write_wav(tmp_path / "half.wav", np.concatenate([babble(40), np.zeros(40 * RATE_HZ)])))
    let_whisper_say("Guten Tag", tmp_path / "models")
    checkpoint = MemoryCheckpoint()
    die_after(2, transcribe(speech_and_silence, checkpoint), checkpoint)

    resumed = run_to_the_end(transcribe(speech_and_silence, checkpoint))

    assert resumed.result.body["language"] == "de"


def test_pocketsphinx_goes_on_behind_what_it_heard_and_knows_its_speaker(transcribe, tmp_path):
    babbling = babble(35)
    babbling[np.arange(len(babbling)) % (6 * RATE_HZ) > 1.1 * RATE_HZ] *= 0.001  # pauses, so that utterances are short
    recording = source(write_wav(tmp_path / "babbling.wav", babbling))
    asked = {"engine": "pocketsphinx", "skip_silence": False}
    whole = run_to_the_end(transcribe(recording, MemoryCheckpoint(), **asked))
    checkpoint = MemoryCheckpoint()
    die_after(1, transcribe(recording, checkpoint, **asked), checkpoint)
    saved = checkpoint.load()

    resumed = run_to_the_end(transcribe(recording, checkpoint, **asked))

    assert 20 < saved.state["until_s"] < 30
    assert resumed.parts[: len(saved.parts)] == saved.parts == whole.parts[: len(saved.parts)]
    assert times(resumed) == times(whole)
    assert resumed.parts[-1] == whole.parts[-1] != resumed.parts[0]  # the first was heard without knowing the speaker


def times(finished):
    return [(part.body["start_s"], part.body["end_s"]) for part in finished.parts]
