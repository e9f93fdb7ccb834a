"""Hearing a recording from beginning to end: what is said, window after window."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.contract import Context, Part, PartKind
from pipelines.engines.taking_up import Heard, Notes
from pipelines.engines.transcription import Transcriber

if TYPE_CHECKING:
    from pipelines.media.sound import Sound
    from pipelines.media.speech_windows import Samples
    from pipelines.media.windows import Window


def hear(
    sound: "Sound", transcriber: Transcriber, context: Context, earlier: Heard, notes: Notes, *, skip_silence: bool
) -> Iterator[Part]:
    """Yield the segments of ``sound`` as parts: those heard ``earlier``, and behind them what ``transcriber`` hears."""
    way = _Way(sound, context, earlier.until_s)
    way.tell()
    yield from earlier.parts
    unheard = _windows(way, earlier.until_s, transcriber.at_once, skip_silence=skip_silence)
    for windows in growing(unheard, transcriber.at_once):
        context.check()
        for segment in transcriber.hear(windows):
            # Resampled sound may be a sample longer than what was recorded.
            yield Part(PartKind.SEGMENT, segment.until(sound.end_s).body())
            context.check()
        notes.heard(windows[-1].end_s)
        way.reached(windows[-1].end_s)
    context.progress(1.0, "transcribing")


@dataclass(slots=True)
class _Way:
    """How far a recording is done, which never goes back."""

    sound: "Sound"
    context: Context
    done_s: float

    def reached(self, at_s: float) -> None:
        """Told where it is further than before."""
        if at_s > self.done_s:
            self.done_s = at_s
            self.tell()

    def tell(self) -> None:
        """The share of what the recording's header claims."""
        whole_s = self.sound.claimed_end_s
        share = min(self.done_s / whole_s, 1.0) if whole_s else None
        self.context.progress(share if self.done_s else 0.0, "transcribing")


def _windows(way: _Way, until_s: float, at_once: int, *, skip_silence: bool) -> "Iterator[Window]":
    """What is to be heard behind ``until_s``. Models invent words in silence, so that none is among it."""
    from pipelines.engines.silero import VoiceActivity
    from pipelines.media.speech_windows import speech_windows
    from pipelines.media.windows import may_hold_speech, windows

    blocks = _followed(way, at_once)
    if skip_silence:
        yield from speech_windows(blocks, VoiceActivity(), way.sound.start_s, until_s)
        return
    for window in windows(blocks, way.sound.start_s, until_s=until_s):
        if may_hold_speech(window.samples):
            yield window


def _followed(way: _Way, at_once: int) -> "Iterator[Samples]":
    """The recording's blocks. Hours may be silent: before each is looked whether to go on, and told how far it is.

    What waits to be heard is counted as not done, as if it had no silence in it: ``at_once`` windows.
    """
    from pipelines.media.sound import SPEECH_RATE_HZ
    from pipelines.media.windows import LONGEST_S

    waiting_s = at_once * LONGEST_S
    at_s = way.sound.start_s
    for block in way.sound.mono():
        way.context.check()
        way.reached(at_s - waiting_s)
        yield block
        at_s += len(block) / SPEECH_RATE_HZ


def growing(windows: "Iterator[Window]", most: int) -> "Iterator[list[Window]]":
    """One window, so that the first words come soon, then two, four, and at last ``most`` at once."""
    count = 1
    while taken := list(islice(windows, count)):
        yield taken
        count = min(2 * count, most)
