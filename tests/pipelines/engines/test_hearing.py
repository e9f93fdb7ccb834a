"""How far hearing has come, and where what was heard ends."""

import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from checkpoints.spoken_digits import recited

from pipelines.contract import EngineUsed, Part, Source
from pipelines.engines.hearing import hear
from pipelines.engines.taking_up import Heard, Notes
from pipelines.media.sound import SPEECH_RATE_HZ, Sound, open_sound
from pipelines.media.transcript import Segment, Word
from pipelines.media.windows import Window
from pipelines.standalone import MemoryCheckpoint, standalone_context

MINUTE_S = 60
SILENCE, BUZZ = bytes(4), b"\x00\x40\x00\xc0"
SYLLABLE = ((0.2, BUZZ), (0.2, SILENCE))
SENTENCE = SYLLABLE * 20


@dataclass
class Overhearing:
    """A transcriber that hears one word in each window, which lasts a sample longer than the window.

    It notes what it hears, and how far ``progress`` was told to be by then.
    """

    sound: Sound
    progress: list[float]
    heard: list["Overheard"] = field(default_factory=list)
    at_once: int = 2
    hears_beginnings: bool = True
    used: EngineUsed = field(default_factory=lambda: EngineUsed("ear", "left", "1"))
    language: str = "und"

    def hear(self, windows: Sequence[Window]) -> Iterator[Segment]:
        for window in windows:
            self.heard.append(Overheard(window.start_s, self.sound.end_s, self.progress[-1]))
            end_s = window.end_s + 1 / SPEECH_RATE_HZ
            yield Segment(window.start_s, end_s, "hm", words=(Word("hm", window.start_s, end_s, 1.0),))

    def state(self) -> dict[str, str]:
        return {}

    def resume(self, state: object) -> None:
        pass


class Disagreeing(Overhearing):
    """A transcriber whose words begin before their segments, and end behind them."""

    def hear(self, windows: Sequence[Window]) -> Iterator[Segment]:
        for segment in super().hear(windows):
            yield replace(segment, start_s=segment.start_s + 0.2, end_s=segment.end_s - 0.2)


@dataclass
class Overheard:
    """A window that was heard when the recording was read up to ``read_s``."""

    start_s: float
    read_s: float
    progress: float


@dataclass
class Run:
    """What a run told and heard of a recording of ``length_s``."""

    length_s: float
    progress: list[float]
    parts: list[Part]
    heard: list[Overheard]

    def assert_nothing_was_told_too_early(self) -> None:
        assert self.progress == sorted(self.progress)
        assert all(one.progress * self.length_s <= one.start_s for one in self.heard)


def run_over(
    path: Path, pcm: bytes, transcribing: type[Overhearing] = Overhearing, *, skip_silence: bool = False
) -> Run:
    """A run over a recording of 16-bit samples at 16 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SPEECH_RATE_HZ)
        file.writeframes(pcm)
    progress: list[float] = []
    context = replace(standalone_context(path.parent), progress=lambda fraction, _: progress.append(fraction or 0.0))
    with open_sound(Source(path, path.name, "audio/wav", path.stat().st_size)) as sound:
        transcriber = transcribing(sound, progress)
        notes = Notes(MemoryCheckpoint(), transcriber, lambda: 0.0)
        parts = list(hear(sound, transcriber, context, Heard(), notes, skip_silence=skip_silence))
        return Run(sound.end_s, progress, parts, transcriber.heard)


def sounding(*stretches: tuple[float, bytes]) -> bytes:
    """So many seconds of each two samples."""
    return b"".join(samples * round(seconds * SPEECH_RATE_HZ / 2) for seconds, samples in stretches)


def test_progress_goes_on_while_nobody_speaks(tmp_path: Path) -> None:
    run = run_over(tmp_path / "talk.wav", sounding((10 * MINUTE_S, SILENCE)))

    assert run.parts == []
    assert run.progress == sorted(run.progress)
    assert len({fraction for fraction in run.progress if 0 < fraction < 0.9}) > 10


def test_what_waits_to_be_heard_is_not_told_as_done(tmp_path: Path) -> None:
    run = run_over(tmp_path / "talk.wav", sounding(*SYLLABLE * 500))

    shares = [part.body["end_s"] / 200 for part in run.parts]
    assert run.progress == pytest.approx([0.0, shares[0], *shares[2::2], 1.0, 1.0])


def test_words_far_apart_that_wait_to_be_heard_are_not_told_as_done(tmp_path: Path) -> None:
    run = run_over(tmp_path / "talk.wav", sounding(*[*SENTENCE, (100, SILENCE)] * 8))

    assert len(run.heard) >= 8
    run.assert_nothing_was_told_too_early()


def test_last_words_are_heard_while_the_silence_behind_them_is_read(tmp_path: Path) -> None:
    run = run_over(tmp_path / "talk.wav", sounding(*SENTENCE, (90, SILENCE), *SENTENCE, (20 * MINUTE_S, SILENCE)))

    assert len(run.heard) >= 2
    assert all(one.read_s - one.start_s < 4 * MINUTE_S for one in run.heard)
    assert len({fraction for fraction in run.progress if 0.3 < fraction < 0.9}) > 10


@pytest.mark.engine
def test_a_word_a_minute_is_heard_soon_and_told_as_done_when_it_was_heard(tmp_path: Path) -> None:
    [phrase] = recited([("en", (3, 1, 4))])
    said = (phrase.samples * 32767).astype("<i2").tobytes()

    run = run_over(tmp_path / "talk.wav", (said + sounding((MINUTE_S, SILENCE))) * 5, skip_silence=True)

    assert len(run.heard) == 5
    assert run.heard[0].read_s < 1.5 * MINUTE_S
    run.assert_nothing_was_told_too_early()


def test_words_end_no_later_than_the_recording(tmp_path: Path) -> None:
    run = run_over(tmp_path / "talk.wav", sounding(*SYLLABLE * 5))

    [part] = run.parts
    assert part.body["end_s"] == part.body["words"][0]["end_s"] == 2.0


def test_segments_reach_from_their_first_word_to_their_last(tmp_path: Path) -> None:
    run = run_over(tmp_path / "talk.wav", sounding(*SYLLABLE * 5), Disagreeing)

    [part] = run.parts
    [word] = part.body["words"]
    assert (part.body["start_s"], part.body["end_s"]) == (word["start_s"], word["end_s"]) == (0.0, 2.0)
