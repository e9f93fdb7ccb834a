import wave

import numpy as np
import pytest
from recordings import source

from pipelines.audio.speak import SpeakParams
from pipelines.catalogue import catalogue
from pipelines.errors import BadInput, EngineUnavailable
from pipelines.media.loudness import CEILING_DBTP, measure_loudness
from pipelines.media.sound import open_sound
from pipelines.standalone import run_pipeline


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "hello.txt"
    path.write_text("Hello world.\nOne two three.", encoding="utf-8")
    return source(path, "text/plain")


@pytest.mark.parametrize("form", ["wav", "mp3", "ogg", "flac", "opus", "aac"])
def test_espeak_speaks_without_a_network_and_says_so(context, text, form):
    finished = run_pipeline("audio.speak", [text], {"format": form, "voice": "f3"}, context)

    made = finished.output(f"speech.{form}")
    assert finished.result.engine.name == "espeak-ng"
    assert "eSpeak NG" in finished.result.warnings[0]
    with open_sound(source(made.path, made.media_type)) as sound:
        heard = sum(len(block) for block in sound.mono()) / 16_000
    assert heard == pytest.approx(finished.result.body["duration_s"], abs=0.15)
    assert heard > 1


def test_samples_alone_come_at_the_rate_that_is_asked_for(context, text):
    finished = run_pipeline("audio.speak", [text], {"format": "pcm", "sample_rate_hz": 24000, "voice": "f3"}, context)

    assert finished.output("speech.pcm").path.stat().st_size / 2 / 24_000 == pytest.approx(
        finished.result.body["duration_s"], abs=0.01
    )


def test_language_is_found_out_if_that_is_asked_for(context, tmp_path):
    path = tmp_path / "gruss.txt"
    path.write_text("Guten Morgen, der Hafen ist heute leider den ganzen Tag geschlossen.", encoding="utf-8")

    finished = run_pipeline("audio.speak", [source(path, "text/plain")], {"language": "auto"}, context)

    assert finished.result.body["language"] == "de"


def test_double_speed_takes_less_time(context, text):
    natural = run_pipeline("audio.speak", [text], {"format": "wav"}, context)
    fast = run_pipeline("audio.speak", [text], {"format": "wav", "speed": 2}, context)

    assert fast.result.body["duration_s"] < 0.7 * natural.result.body["duration_s"]


def test_language_nobody_here_speaks_is_refused_with_the_reasons(context, text):
    with pytest.raises(EngineUnavailable, match="espeak-ng: it does not speak 'gl'"):
        run_pipeline("audio.speak", [text], {"language": "gl"}, context)


LONG = "A first sentence. " + "Then comes another one that says a little more than it did before. " * 10


@pytest.fixture
def long_text(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text(LONG, encoding="utf-8")
    return source(path, "text/plain")


def test_long_text_can_be_heard_in_pieces_that_lie_in_the_whole(context, long_text):
    finished = run_pipeline("audio.speak", [long_text], {"format": "wav", "loudness_lufs": None}, context)

    whole = samples(finished.output("speech.wav"))
    pieces = [part.body for part in finished.parts]
    assert " ".join(piece["text"] for piece in pieces) == LONG.strip()
    assert len(pieces) == 4
    for piece in pieces:
        made = finished.output(piece["output"])
        assert made.passing
        assert whole.find(samples(made)) / 2 / 22_050 == pytest.approx(piece["start_s"], abs=0.001)
        assert len(samples(made)) / 2 / 22_050 == pytest.approx(piece["end_s"] - piece["start_s"], abs=0.002)


def test_first_piece_is_a_sentence_and_comes_before_the_second_is_spoken(context, long_text):
    run = catalogue()["audio.speak"].function([long_text], SpeakParams(), context)

    output, part = next(run), next(run)

    assert (output.name, part.body["text"]) == ("espeak-ng-0001.mp3", "A first sentence.")
    assert output.path.stat().st_size > 0


def test_one_sentence_has_no_pieces(context, tmp_path):
    path = tmp_path / "short.txt"
    path.write_text("Hello world.", encoding="utf-8")

    finished = run_pipeline("audio.speak", [source(path, "text/plain")], {}, context)

    assert finished.parts == ()
    assert [output.name for output in finished.outputs] == ["speech.mp3"]


@pytest.mark.parametrize("loudness_lufs", [-16.0, -23.0])
def test_speech_is_as_loud_as_was_asked_and_no_longer_for_it(context, long_text, loudness_lufs):
    as_spoken = run_pipeline("audio.speak", [long_text], {"format": "wav", "loudness_lufs": None}, context)

    wanted = {"format": "wav", "loudness_lufs": loudness_lufs}
    finished = run_pipeline("audio.speak", [long_text], wanted, context)

    measured = measure_loudness(finished.output("speech.wav").path, lambda: None)
    assert measured.integrated_lufs == pytest.approx(loudness_lufs, abs=0.5)
    assert measured.true_peak_dbtp <= CEILING_DBTP + 0.1
    assert finished.result.body["loudness_lufs"] == measured.integrated_lufs
    # eSpeak NG draws the noise of its breath anew each time, so a pause may be a few samples longer.
    assert finished.result.body["duration_s"] == pytest.approx(as_spoken.result.body["duration_s"], abs=0.5)


@pytest.fixture
def say(context, tmp_path):
    """Have a markup spoken as it comes from the speaker."""

    def say(body):
        path = tmp_path / "marked.txt"
        path.write_text(f"<speak>{body}</speak>", encoding="utf-8")
        wanted = {"format": "wav", "loudness_lufs": None}
        return run_pipeline("audio.speak", [source(path, "text/plain")], wanted, context)

    return say


def test_ssml_pauses_and_tells_what_is_passed_over(say):
    finished = say('One.<break time="3s"/><blink>Two</blink>.')

    assert "<blink>" in finished.result.warnings[0]
    assert [part.body["text"] for part in finished.parts] == ["One.", "Two."]
    assert finished.parts[0].body["end_s"] > 3


def test_text_that_begins_with_a_break_begins_with_silence(say):
    began = samples(say('<break time="2s"/>One.').output("speech.wav"))

    heard = np.flatnonzero(np.frombuffer(began, "<i2"))
    assert heard[0] == pytest.approx(2 * 22_050, abs=1)


@pytest.mark.parametrize("body", ["", "<p> </p>", '<break time="20s"/>', "<p>...<break/></p>"])
def test_markup_that_says_nothing_is_refused(say, body):
    with pytest.raises(BadInput, match=r"nothing in 'marked\.txt' that can be pronounced") as refused:
        say(body)

    assert refused.value.code == "no_text"


def test_slow_words_take_longer(say):
    plain = say("A plain sentence.").result.body["duration_s"]

    slow = say('<prosody rate="50%">A plain sentence.</prosody>').result.body["duration_s"]

    assert slow == pytest.approx(2 * plain, rel=0.2)


def test_high_words_are_higher(say):
    plain = pitch_hz(samples(say("All the long sentences.").output("speech.wav")))

    high = pitch_hz(samples(say('<prosody pitch="+50%">All the long sentences.</prosody>').output("speech.wav")))

    assert high == pytest.approx(1.5 * plain, rel=0.15)


def test_soft_words_are_softer(say):
    plain = level(samples(say("A plain sentence.").output("speech.wav")))

    soft = level(samples(say('<prosody volume="-12dB">A plain sentence.</prosody>').output("speech.wav")))

    assert soft == pytest.approx(plain / 4, rel=0.1)


def test_loud_words_are_never_clipped(say):
    loudest = np.abs(np.frombuffer(samples(say('<prosody volume="+12dB">Ha!</prosody>').output("speech.wav")), "<i2"))

    assert loudest.max() > 30_000
    assert (loudest == loudest.max()).sum() < 4


def test_words_in_another_language_are_said_in_its_voice(say):
    german = samples(say('<lang xml:lang="de-AT">Guten Morgen</lang>').output("speech.wav"))
    english = samples(say("Guten Morgen").output("speech.wav"))
    unknown = say('<lang xml:lang="gl">Bos d\u00edas</lang>')

    assert abs(len(german) - len(english)) > 1000
    assert "Passed over: eSpeak NG does not speak 'gl'" in unknown.result.warnings


def pitch_hz(pcm):
    """The middle pitch of what is voiced, by its autocorrelation."""
    signal = np.frombuffer(pcm, "<i2").astype(float)
    found = []
    for frame in (signal[at : at + 2048] for at in range(0, len(signal) - 2048, 1024)):
        if level(frame.astype("<i2").tobytes()) > 1500:
            likeness = np.correlate(frame - frame.mean(), frame - frame.mean(), "full")[2047:]
            shortest = 22_050 // 300
            found.append(22_050 / (shortest + np.argmax(likeness[shortest : 22_050 // 60])))
    return np.median(found)


def level(pcm):
    return np.sqrt(np.mean(np.frombuffer(pcm, "<i2").astype(float) ** 2))


def test_text_of_signs_alone_is_refused(context, tmp_path):
    path = tmp_path / "signs.txt"
    path.write_text("\u2003... ...\n\n---", encoding="utf-8")

    with pytest.raises(BadInput, match=r"nothing in 'signs\.txt' that can be pronounced") as refused:
        run_pipeline("audio.speak", [source(path, "text/plain")], {}, context)

    assert refused.value.code == "no_text"


def samples(output):
    with wave.open(str(output.path), "rb") as file:
        return file.readframes(file.getnframes())
