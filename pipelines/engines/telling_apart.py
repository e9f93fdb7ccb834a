"""Listening to a recording once more, for its voices: a print of every window of speech, and from them the turns."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.silero import VoiceActivity
from pipelines.engines.voice_printing import VoicePrinter
from pipelines.media.sound import SPEECH_RATE_HZ
from pipelines.media.speech_windows import MARGIN_S, utterances
from pipelines.media.voice_prints import VoicePrints

Samples = NDArray[np.float32]

# As in 3D-Speaker's diarisation (https://github.com/modelscope/3D-Speaker, speakerlab/bin/infer_diarization.py): long
# enough to know a voice by, short enough to find where another begins. What is shorter is repeated, as it is there.
WINDOW, STEP = round(1.5 * SPEECH_RATE_HZ), round(0.75 * SPEECH_RATE_HZ)
SHORTEST = round(0.4 * SPEECH_RATE_HZ)  # less holds a syllable or two, by which nobody is known


def print_voices(
    blocks: Iterable[Samples],
    start_s: float,
    printer: VoicePrinter,
    prints: VoicePrints,
    check: Callable[[], None],
) -> Iterator[float]:
    """Add the print of each window of speech to ``prints``; yield, now and then, up to which second that was.

    ``blocks`` is mono sound at 16 kHz whose first sample stands at ``start_s`` in the recording. The windows that
    ``prints`` holds are found again, which is cheap, and not printed. One utterance, of half a minute at most, is held
    at a time. Raises EngineUnavailable when the model cannot take a window.
    """
    found = 0
    for utterance, samples in utterances(blocks, VoiceActivity()):
        for first, window in _windows(samples):
            check()
            found += 1
            if found > len(prints):
                begins_s = start_s + (utterance.first + first) / SPEECH_RATE_HZ
                vector = printer.print(np.resize(window, WINDOW))
                prints.add(begins_s, begins_s + len(window) / SPEECH_RATE_HZ, vector)
        yield start_s + utterance.last / SPEECH_RATE_HZ


def _windows(samples: Samples) -> Iterator[tuple[int, Samples]]:
    """Each window of an utterance without its margins, and where it begins; the last one ends where the speech does."""
    margin = round(MARGIN_S * SPEECH_RATE_HZ)
    last = len(samples) - margin - WINDOW
    if len(samples) - 2 * margin < SHORTEST:
        return
    yield from ((first, samples[first : first + WINDOW]) for first in range(margin, last, STEP))
    first = max(last, margin)
    yield first, samples[first : len(samples) - margin]
