"""Hearing a recording from beginning to end: what is said, window after window."""

from collections.abc import Iterator
from dataclasses import dataclass
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
    from pipelines.media.word_times import agreed

    way = _Way(sound, context, earlier.until_s)
    way.tell()
    yield from earlier.parts
    found = _windows(sound, context, earlier.until_s, skip_silence=skip_silence)
    for windows in _growing(found, transcriber.at_once, way):
        context.check()
        for segment in agreed(transcriber.hear(windows)):
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


def _windows(sound: "Sound", context: Context, until_s: float, *, skip_silence: bool) -> "Iterator[Window]":
    """What is to be heard behind ``until_s``, and empty windows that tell how far there is nothing.

    Models invent words in silence, so that none is among it.
    """
    from pipelines.engines.silero import VoiceActivity
    from pipelines.media.speech_windows import speech_windows
    from pipelines.media.windows import may_hold_speech, nothing_until, windows

    blocks = _followed(sound, context)
    if skip_silence:
        yield from speech_windows(blocks, VoiceActivity(), sound.start_s, until_s)
        return
    for window in windows(blocks, sound.start_s, until_s=until_s):
        yield window if may_hold_speech(window.samples) else nothing_until(window.end_s)


def _followed(sound: "Sound", context: Context) -> "Iterator[Samples]":
    """The recording's blocks. Hours may be silent: before each is looked whether to go on."""
    for block in sound.mono():
        context.check()
        yield block


def _growing(found: "Iterator[Window]", most: int, way: _Way) -> "Iterator[list[Window]]":
    """One window, so that the first words come soon, then two, four, and at last ``most`` at once.

    They are fewer where the next one is long in coming: none waits for more of the recording than ``most`` may span.
    Silence is told as done when nothing waits that was said before it.
    """
    from pipelines.media.speech_windows import LONGEST_SPAN_S

    count = 1
    waiting: list[Window] = []
    for window in found:
        if not window.is_empty:
            waiting.append(window)
        if not waiting:
            way.reached(window.end_s)
        elif len(waiting) == count or window.end_s - waiting[0].start_s > count * LONGEST_SPAN_S:
            yield waiting
            waiting, count = [], min(2 * count, most)
    if waiting:
        yield waiting
