"""A server that does not answer: jobs that need it wait for it, and those that do not are done without."""

import socket
from dataclasses import dataclass, replace

import pytest
from recordings import babble, source, write_wav

from pipelines.errors import DownloadAway, EngineUnavailable, ServerAway
from pipelines.standalone import run_pipeline


@dataclass(frozen=True)
class Network:
    """A network that is on, whoever answers."""

    answers: bool

    def reachable(self, host, port=443):
        return self.answers


@pytest.fixture
def cut_off(context):
    return replace(context, network=Network(answers=False))


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "hello.txt"
    path.write_text("Hello world.", encoding="utf-8")
    return source(path, "text/plain")


@pytest.fixture
def recording(tmp_path):
    return source(write_wav(tmp_path / "talk.wav", babble(2)))


def test_speech_that_google_is_to_speak_waits_for_google(cut_off, text):
    with pytest.raises(ServerAway, match=r"gtts: translate\.google\.com cannot be reached"):
        run_pipeline("audio.speak", [text], {"engine": "gtts"}, cut_off)


def test_machine_that_is_told_to_stay_offline_waits_for_nobody(context, text):
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        run_pipeline("audio.speak", [text], {"engine": "gtts"}, context)


def test_speech_that_anybody_may_speak_is_spoken_here_with_a_warning(cut_off, text):
    finished = run_pipeline("audio.speak", [text], {}, cut_off)

    assert finished.result.engine.name == "espeak-ng"
    assert "cannot be reached" in finished.result.warnings[0]


def test_voice_that_google_does_not_have_is_not_waited_for(cut_off, text):
    with pytest.raises(EngineUnavailable, match="none called f1"):
        run_pipeline("audio.speak", [text], {"engine": "gtts", "voice": "f1"}, cut_off)


def test_google_that_answered_lately_and_is_away_now_is_waited_for(context, text, monkeypatch):
    online = replace(context, network=Network(answers=True))
    with socket.create_server(("127.0.0.1", 0)) as closing:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closing.getsockname()[1]}")  # nothing leaves the machine

    with pytest.raises(ServerAway, match="Google Translate did not speak"):
        run_pipeline("audio.speak", [text], {"engine": "gtts"}, online)


def test_language_that_only_weights_to_be_fetched_know_waits_for_their_server(cut_off, recording):
    with pytest.raises(DownloadAway, match=r"no weights base\.pt"):
        run_pipeline("audio.transcribe", [recording], {"language": "de"}, cut_off)


def test_recording_that_pocketsphinx_can_hear_does_not_wait_for_weights(cut_off, recording):
    finished = run_pipeline("audio.transcribe", [recording], {}, cut_off)

    assert finished.result.engine.name == "pocketsphinx"
