"""Live speech: shown while it is said, told for good once its speaker pauses, and kept as a transcript."""

import json
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from checkpoints.spoken_digits import RATE_HZ, recited
from recordings import babble, pcm, source, write_wav

from pipelines.audio.listen import ListenParams, heard_live, listen
from pipelines.contract import EngineUsed, Part, Source
from pipelines.engines.live_hearing import LiveHearing
from pipelines.errors import Cancelled
from pipelines.media.recording import RECORDING
from pipelines.media.transcript import Segment, Word
from pipelines.standalone import MemoryCheckpoint, run_to_the_end, standalone_context

pytestmark = pytest.mark.engine

TENTH_S = RATE_HZ // 10 * 2  # bytes
FIRST, SECOND = "three one four two six five", "eight five nine"


@pytest.fixture(scope="module")
def phrases():
    return [phrase.samples for phrase in recited([("en", (3, 1, 4, 2, 6, 5)), ("en", (8, 5, 9))])]


@pytest.fixture(scope="module")
def speech(phrases):
    """Two phrases with a pause between them, as somebody sends it."""
    first, second = phrases
    return pcm(np.concatenate([silence(1), first, silence(1.5), second, silence(1)]))


def silence(seconds):
    return np.zeros(round(seconds * RATE_HZ), np.float32)


class Microphone:
    """A recording that grows by a piece whenever somebody looks whether it does."""

    def __init__(self, path, sent, piece_bytes=TENTH_S):
        self._path = path
        self._pieces = [sent[at : at + piece_bytes] for at in range(0, len(sent), piece_bytes)]
        path.write_bytes(b"")

    @property
    def source(self):
        return Source(self._path, "talk", RECORDING, 0, self.grows)

    @property
    def sent_s(self):
        return self._path.stat().st_size / 2 / RATE_HZ

    def grows(self):
        if not self._pieces:
            return False
        with self._path.open("ab") as file:
            file.write(self._pieces.pop(0))
        return True


@pytest.fixture
def microphone(tmp_path):
    return lambda sent, **kwargs: Microphone(tmp_path / "talk.pcm", sent, **kwargs)


@pytest.fixture
def follow(tmp_path, digit_models):
    """Follow a recording at the speed at which it grows, with everything that is shown or told noted in ``seen``."""
    numbers = count()

    def follow(
        recording,
        seen,
        checkpoint=None,
        check=lambda: None,
        models_dir=digit_models,
        clock=lambda: 0.0,
        **params,
    ):
        workdir = tmp_path / f"work{next(numbers)}"
        workdir.mkdir()
        context = replace(
            standalone_context(workdir, models_dir),
            check=check,
            checkpoint=checkpoint or MemoryCheckpoint(),
            partial=lambda part: seen.append(("partial", recording.sent_s, part.body)),
        )
        asked = ListenParams(**{"size": "tiny", **params})
        run = heard_live(recording.source, asked, context, pause=lambda _: None, clock=clock)
        return noting(run if checkpoint is None else checkpoint.following(run), recording, seen)

    return follow


def noting(run, recording, seen):
    while True:
        try:
            made = next(run)
        except StopIteration as stop:
            return stop.value
        if isinstance(made, Part):
            seen.append(("part", recording.sent_s, made.body))
        yield made


def texts(seen, kind):
    return [body["text"] for what, _, body in seen if what == kind]


def test_words_are_told_for_good_within_a_second_of_their_end(follow, microphone, speech, phrases):
    seen = []

    run_to_the_end(follow(microphone(speech), seen))

    ends_s = np.cumsum([1 + len(phrases[0]) / RATE_HZ, 1.5 + len(phrases[1]) / RATE_HZ])
    told_s = [at_s for what, at_s, _ in seen if what == "part"]
    assert texts(seen, "part") == [FIRST, SECOND]
    assert all(0 < at_s - end_s < 1 for at_s, end_s in zip(told_s, ends_s, strict=True))


def test_words_are_shown_before_their_speaker_is_through(follow, microphone, speech):
    seen = []

    run_to_the_end(follow(microphone(speech), seen))

    before_first = texts(seen[: next(at for at, one in enumerate(seen) if one[0] == "part")], "partial")
    assert len(before_first) >= 2
    assert all(FIRST.startswith(text[:8]) and len(text) <= len(FIRST) for text in before_first)


def test_who_hears_slowly_shows_less_and_leaves_the_time_to_what_is_for_good(follow, microphone, speech):
    seen = []

    run_to_the_end(follow(microphone(speech), seen, clock=count(0.0, 2.0).__next__))

    assert texts(seen, "part") == [FIRST, SECOND]
    assert len(texts(seen, "partial")) == 1  # after it four seconds of speech would have to come, and do not


def test_transcript_is_that_of_the_recording_transcribed_afterwards(follow, microphone, speech, tmp_path, digit_models):
    lived = run_to_the_end(follow(microphone(speech), []))
    whole = source(write_wav(tmp_path / "talk.wav", np.frombuffer(speech, "<i2") / 32767))

    again = run_to_the_end(listen([whole], ListenParams(size="tiny"), standalone_context(tmp_path, digit_models)))

    assert lived.result.body["text"] == again.result.body["text"] == f"{FIRST} {SECOND}"
    assert lived.result.body["duration_s"] == pytest.approx(again.result.body["duration_s"], abs=0.001)
    assert [output.name for output in lived.outputs] == [output.name for output in again.outputs]
    assert json.loads(lived.output("transcript.json").path.read_text())["engine"]["model"] == "tiny"


def test_pieces_may_be_cut_anywhere(follow, microphone, speech):
    seen = []

    run_to_the_end(follow(microphone(speech, piece_bytes=4321), seen))

    assert texts(seen, "part") == [FIRST, SECOND]


def test_what_came_while_nobody_listened_is_told_without_being_shown(follow, microphone, speech):
    seen = []

    run_to_the_end(follow(microphone(speech, piece_bytes=len(speech)), seen))

    assert " ".join(texts(seen, "part")) == f"{FIRST} {SECOND}"
    assert texts(seen, "partial") == []


def test_minutes_of_silence_give_an_empty_transcript(follow, microphone):
    seen = []

    finished = run_to_the_end(follow(microphone(pcm(silence(180)), piece_bytes=10 * TENTH_S), seen))

    assert seen == []
    assert finished.result.body == {"language": "und", "duration_s": 180.0, "text": "", "segments": 0}


def test_run_after_a_dead_worker_says_nothing_twice(follow, microphone, speech):
    checkpoint, talk, seen = MemoryCheckpoint(), microphone(speech), []
    dying = follow(talk, [], checkpoint, clock=count(0.0, 10.0).__next__)
    for _ in dying:
        if checkpoint.saves:
            break
    dying.close()

    finished = run_to_the_end(follow(talk, seen, checkpoint))

    assert texts(seen, "part") == [FIRST, SECOND]
    assert all(body["start_s"] > 3 for what, _, body in seen if what == "partial")  # the first is not heard again
    assert finished.result.body["text"] == f"{FIRST} {SECOND}"


class FirstImpression:
    """A transcriber that is settled by the first window it hears, as Whisper is on a language."""

    at_once, hears_beginnings, language = 1, True, "und"
    used = EngineUsed("first impression", "none")

    def __init__(self):
        self.settled_s = None

    def hear(self, windows):
        for window in windows:
            self.settled_s = self.settled_s or window.duration_s
            yield Segment(window.start_s, window.end_s, f"{window.duration_s:.1f} s")

    def state(self):
        return {"settled_s": self.settled_s}

    def resume(self, state):
        self.settled_s = state["settled_s"]


def test_what_is_shown_settles_nothing(speech):
    transcriber, shown = FirstImpression(), []
    hearing = LiveHearing(transcriber, 0.0, shown.append)
    middle = 3 * RATE_HZ * 2

    said = list(hearing.hear(speech[:middle]))
    hearing.show()
    said += [*hearing.hear(speech[middle:]), *hearing.rest()]

    assert len(shown) == 1
    assert transcriber.settled_s > shown[0].end_s - shown[0].start_s
    assert said[0][0].text == f"{transcriber.settled_s:.1f} s"


class EarlyWords(FirstImpression):
    """A transcriber whose words begin before their segments, as Whisper's may."""

    def hear(self, windows):
        for segment in super().hear(windows):
            word = Word("hm", segment.start_s, segment.end_s, 0.9)
            yield replace(segment, start_s=segment.start_s + 0.1, words=(word,))


def test_what_is_said_for_good_begins_with_its_first_word(speech):
    hearing = LiveHearing(EarlyWords(), 0.0, lambda _: None)

    [[segment]] = [*hearing.hear(speech), *hearing.rest()]

    assert segment.start_s == segment.words[0].start_s


def test_cancelled_run_stops_between_two_looks(follow, microphone, speech):
    talk = microphone(speech)

    def check():
        if talk.sent_s > 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_to_the_end(follow(talk, [], check=check))

    assert talk.sent_s < 2.5


def test_without_whisper_words_come_for_good_alone_and_with_a_warning(follow, microphone, tmp_path):
    seen, speaking = [], babble(5) * 3

    finished = run_to_the_end(
        follow(microphone(pcm(np.concatenate([silence(1), speaking, silence(1)]))), seen, models_dir=tmp_path)
    )

    assert texts(seen, "partial") == []
    assert finished.result.engine.name == "pocketsphinx"
    assert "PocketSphinx" in finished.result.warnings[0]
