"""How far hearing has come, and where what was heard ends."""

import wave
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.contract import EngineUsed, Part, Source
from pipelines.engines.hearing import hear
from pipelines.engines.taking_up import Heard, Notes
from pipelines.media.sound import SPEECH_RATE_HZ, open_sound
from pipelines.media.transcript import Segment, Word
from pipelines.media.windows import Window
from pipelines.standalone import MemoryCheckpoint, standalone_context

MINUTE_S = 60
SILENCE, BUZZ = bytes(4), b"\x00\x40\x00\xc0"
SYLLABLE = ((0.2, BUZZ), (0.2, SILENCE))


class Overhearing:
    """A transcriber that hears one word in each window, which lasts a sample longer than the window."""

    at_once = 2
    hears_beginnings = True
    used = EngineUsed("ear", "left", "1")
    language = "und"

    def hear(self, windows: Sequence[Window]) -> Iterator[Segment]:
        for window in windows:
            end_s = window.end_s + 1 / SPEECH_RATE_HZ
            yield Segment(window.start_s, end_s, "hm", words=(Word("hm", window.start_s, end_s, 1.0),))

    def state(self) -> dict[str, str]:
        return {}

    def resume(self, state: object) -> None:
        pass


def heard(path: Path, sound: Sequence[tuple[float, bytes]]) -> tuple[list[float], list[Part]]:
    """The progress and the segments of a recording of so many seconds of each two samples."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SPEECH_RATE_HZ)
        for seconds, samples in sound:
            file.writeframes(samples * round(seconds * SPEECH_RATE_HZ / 2))
    fractions: list[float] = []
    context = replace(standalone_context(path.parent), progress=lambda fraction, _: fractions.append(fraction or 0.0))
    transcriber = Overhearing()
    notes = Notes(MemoryCheckpoint(), transcriber, lambda: 0.0)
    with open_sound(Source(path, path.name, "audio/wav", path.stat().st_size)) as opened:
        parts = list(hear(opened, transcriber, context, Heard(), notes, skip_silence=False))
    return fractions, parts


def test_progress_goes_on_while_nobody_speaks(tmp_path: Path) -> None:
    fractions, parts = heard(tmp_path / "talk.wav", [(10 * MINUTE_S, SILENCE)])

    assert parts == []
    assert fractions == sorted(fractions)
    assert len({fraction for fraction in fractions if 0 < fraction < 0.9}) > 10


def test_what_waits_to_be_heard_is_not_told_as_done(tmp_path: Path) -> None:
    fractions, parts = heard(tmp_path / "talk.wav", SYLLABLE * 500)

    shares = [part.body["end_s"] / 200 for part in parts]
    assert fractions == pytest.approx([0.0, shares[0], *shares[2::2], 1.0, 1.0])


def test_words_end_no_later_than_the_recording(tmp_path: Path) -> None:
    _, parts = heard(tmp_path / "talk.wav", SYLLABLE * 5)

    [part] = parts
    assert part.body["end_s"] == part.body["words"][0]["end_s"] == 2.0
