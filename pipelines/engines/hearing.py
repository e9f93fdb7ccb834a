"""Hearing a recording from beginning to end: what is said, window after window."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
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
    context.progress(_share(earlier.until_s, sound), "transcribing")
    yield from earlier.parts
    for windows in growing(_windows(sound, context, earlier.until_s, skip_silence=skip_silence), transcriber.at_once):
        context.check()
        for segment in transcriber.hear(windows):
            # Resampled sound may be a sample longer than what was recorded.
            within = replace(segment, end_s=max(min(segment.end_s, sound.end_s), segment.start_s))
            yield Part(PartKind.SEGMENT, within.body())
            context.check()
        notes.heard(windows[-1].end_s)
        context.progress(_share(windows[-1].end_s, sound), "transcribing")
    context.progress(1.0, "transcribing")


def _windows(sound: "Sound", context: Context, until_s: float, *, skip_silence: bool) -> "Iterator[Window]":
    """What is to be heard behind ``until_s``. Models invent words in silence, so that none is among it."""
    from pipelines.engines.silero import VoiceActivity
    from pipelines.media.speech_windows import speech_windows
    from pipelines.media.windows import may_hold_speech, windows

    blocks = _checked(sound.mono(), context.check)
    if skip_silence:
        yield from speech_windows(blocks, VoiceActivity(), sound.start_s, until_s)
        return
    for window in windows(blocks, sound.start_s, until_s=until_s):
        if may_hold_speech(window.samples):
            yield window


def _checked(blocks: "Iterable[Samples]", check: Callable[[], None]) -> "Iterator[Samples]":
    """The blocks of a recording, with a look at whether the run was cancelled before each: hours may be silent."""
    for block in blocks:
        check()
        yield block


def growing(windows: "Iterator[Window]", most: int) -> "Iterator[list[Window]]":
    """One window, so that the first words come soon, then two, four, and at last ``most`` at once."""
    count = 1
    while taken := list(islice(windows, count)):
        yield taken
        count = min(2 * count, most)


def _share(until_s: float, sound: "Sound") -> float | None:
    whole_s = sound.claimed_end_s
    if not until_s:
        return 0.0
    return min(until_s / whole_s, 1.0) if whole_s else None
