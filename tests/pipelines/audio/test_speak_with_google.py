"""gTTS through a server that stands in for Google: what it says, what it refuses, and what becomes of the speech."""

from dataclasses import dataclass, replace

import pytest
from google_stand_in import standing_in
from recordings import babble, encode, source

from pipelines.engines.google_speech import PATIENCE_S, GoogleSpeaker
from pipelines.engines.speech import Manner
from pipelines.errors import Cancelled, ServerAway, TransientFailure
from pipelines.standalone import run_pipeline

TEXT = "A first sentence. " + "Then comes another one that says a little more than it did before. " * 8


@dataclass(frozen=True)
class Online:
    """A network on which everybody answers."""

    def reachable(self, host, port=443):
        return True


@pytest.fixture
def online(context):
    return replace(context, network=Online())


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return source(path, "text/plain")


@pytest.fixture
def sound(tmp_path):
    return encode(tmp_path / "said.mp3", babble(1, 24_000), 24_000, "libmp3lame").read_bytes()


@pytest.fixture
def google(monkeypatch):
    """Have gTTS ask the one who stands in; nothing leaves the machine."""

    def standing(answer):
        stand_in = standing_in(answer)
        served = stand_in.__enter__()
        opened.append(stand_in)
        monkeypatch.setenv("https_proxy", served.proxy)
        return served

    opened = []
    yield standing
    for stand_in in opened:
        stand_in.__exit__(None, None, None)


def test_google_speaks_sentence_by_sentence(online, text, sound, google):
    google(lambda _: (200, {}, sound))

    finished = run_pipeline("audio.speak", [text], {}, online)

    assert (finished.result.engine.name, finished.result.warnings) == ("gtts", ())
    assert [part.body["output"] for part in finished.parts][:2] == ["gtts-0001.mp3", "gtts-0002.mp3"]
    assert finished.result.body["duration_s"] > 9


def test_what_google_refuses_for_a_moment_is_asked_again(online, text, sound, google):
    served = google(lambda number: (429, {"Retry-After": "0"}, None) if number in (1, 3) else (200, {}, sound))

    finished = run_pipeline("audio.speak", [text], {}, online)

    assert (finished.result.engine.name, finished.result.warnings) == ("gtts", ())
    assert served.requests == 2 + 9


def test_failure_on_the_way_has_espeak_speak_the_whole_and_tells_where(online, text, sound, google):
    google(lambda number: (200, {}, sound) if number < 3 else (403, {}, None))

    finished = run_pipeline("audio.speak", [text], {}, online)

    assert finished.result.engine.name == "espeak-ng"
    assert "403" in finished.result.warnings[0]
    assert "at piece 2 of" in finished.result.warnings[0]
    spoken = [part.body for part in finished.parts if part.body["output"].startswith("espeak-ng")]
    assert " ".join(piece["text"] for piece in spoken) == TEXT.strip()
    assert spoken[0]["start_s"] == 0


def test_failure_on_the_way_fails_the_job_that_wants_google(online, text, sound, google):
    google(lambda number: (200, {}, sound) if number < 3 else (403, {}, None))

    with pytest.raises(TransientFailure, match=r"403 .* \(at piece 2 of"):
        run_pipeline("audio.speak", [text], {"engine": "gtts"}, online)


def test_google_says_faster_what_is_to_be_and_tells_that_it_has_one_pitch(online, tmp_path, sound, google):
    google(lambda _: (200, {}, sound))

    def spoken(body):
        path = tmp_path / "marked.txt"
        path.write_text(f"<speak>{body}</speak>", encoding="utf-8")
        return run_pipeline("audio.speak", [source(path, "text/plain")], {"engine": "gtts"}, online).result

    plain, fast, high = map(
        spoken, ["Hello.", '<prosody rate="200%">Hello.</prosody>', '<prosody pitch="high">Hello.</prosody>']
    )

    assert fast.body["duration_s"] < 0.75 * plain.body["duration_s"]
    assert (fast.warnings, high.warnings) == ((), ("Passed over: Google's voice has one pitch",))


def test_waits_grow_and_end(tmp_path, google):
    google(lambda _: (503, {}, None))
    slept = []
    speaker = GoogleSpeaker(Manner(), tmp_path, sleep=slept.append)

    with pytest.raises(ServerAway, match="503"):
        speaker.say("Hello world.", lambda: None)

    assert sum(slept) == 1 + 2 + 4 + 8 + 16
    assert sum(slept) <= PATIENCE_S
    assert max(slept) < 1


def test_wait_that_google_asks_for_is_kept_and_too_long_a_one_is_not_begun(tmp_path, google):
    google(lambda number: (429, {"Retry-After": "7" if number == 1 else "3600"}, None))
    slept = []
    speaker = GoogleSpeaker(Manner(), tmp_path, sleep=slept.append)

    with pytest.raises(ServerAway, match="429"):
        speaker.say("Hello world.", lambda: None)

    assert sum(slept) == 7


def test_cancel_is_heard_while_waiting(tmp_path, google):
    google(lambda _: (503, {}, None))
    slept = []
    speaker = GoogleSpeaker(Manner(), tmp_path, sleep=slept.append)

    def cancelled_in_the_second_wait():
        if sum(slept) > 1.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        speaker.say("Hello world.", cancelled_in_the_second_wait)


def test_sentence_of_signs_alone_is_not_sent(tmp_path, google):
    served = google(lambda _: (200, {}, None))

    said = GoogleSpeaker(Manner(), tmp_path).say("... ---", lambda: None)

    assert (said, served.requests) == (b"", 0)
