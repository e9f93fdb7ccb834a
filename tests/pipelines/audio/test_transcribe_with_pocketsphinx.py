from dataclasses import replace

import pytest
from recordings import source, write_pcm

from pipelines.catalogue import catalogue
from pipelines.engines.espeak_ng import EspeakSpeaker
from pipelines.engines.speech import Manner
from pipelines.errors import Cancelled
from pipelines.standalone import run_pipeline

pytestmark = pytest.mark.engine


@pytest.fixture
def counting(tmp_path, context):
    """A made voice that PocketSphinx understands, slowly counting.

    eSpeak NG draws the noise of its breath anew each time: a voice for this must be understood in every draw.
    """
    recording = tmp_path / "counting.wav"
    speaker = EspeakSpeaker(Manner("en-us", speed=0.8), tmp_path)
    said = speaker.say("two three four five", context.check)
    return source(write_pcm(recording, said, speaker.rate_hz))


def test_spoken_words_are_written_down_without_a_network(context, counting):
    finished = run_pipeline("audio.transcribe", [counting], {}, context)

    assert finished.result.body["text"].startswith("two three four five")
    assert finished.output("transcript.txt").path.read_text().startswith("two three four five")
    assert finished.result.body["language"] == "en"


def test_result_names_the_engine_and_says_that_it_is_the_lesser_one(context, counting):
    finished = run_pipeline("audio.transcribe", [counting], {}, context)

    assert (finished.result.engine.name, finished.result.engine.model) == ("pocketsphinx", "en-us")
    assert "PocketSphinx, which makes many mistakes" in finished.result.warnings[0]
    assert "no weights base.pt" in finished.result.warnings[0]


def test_segments_lie_within_the_recording(context, counting):
    finished = run_pipeline("audio.transcribe", [counting], {"engine": "pocketsphinx"}, context)

    assert finished.parts
    assert finished.result.warnings == ()
    for part in finished.parts:
        assert 0 <= part.body["start_s"] < part.body["end_s"] <= finished.result.body["duration_s"]


def test_cancel_within_an_utterance_ends_the_run(context, tmp_path):
    recording = tmp_path / "drawling.wav"
    speaker = EspeakSpeaker(Manner(speed=0.6), tmp_path)
    said = speaker.say("one two three four five six seven eight nine ten", context.check)
    write_pcm(recording, said, speaker.rate_hz)
    checks = []

    def cancelled_at_fourth():
        checks.append("check")
        if len(checks) == 4:  # the first is before the window
            raise Cancelled

    pipeline = catalogue()["audio.transcribe"]
    run = pipeline.function([source(recording)], pipeline.params(), replace(context, check=cancelled_at_fourth))

    with pytest.raises(Cancelled):
        next(run)

    assert list(context.workdir.iterdir()) == []
