"""Cutting a stream of sound into windows short enough for a model, at pauses where there are any."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.media.sound import SPEECH_RATE_HZ

LONGEST_S = 30.0  # Whisper's input is 30 s
SEARCH_S = 10.0  # a cut is looked for in the last ten seconds of a window
FRAME_S = 0.03
PAUSE_FRAMES = 7  # a pause between words lasts about 0.2 s

# Below this even the loudest frame is inaudible beside quiet speech (about -40 dBFS).
SILENCE_DBFS = -60.0
# Speech alternates between vowels and closures by 20 dB and more; hum, hiss and tones stay within 1 to 3 dB.
STEADY_RANGE_DB = 6.0


def _no_check() -> None:
    """The check of windows that nobody can cancel."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A stretch of sound: ``samples`` of shape (n,), float32 in -1..1, mono 16 kHz, beginning at ``start_s``."""

    start_s: float
    samples: NDArray[np.float32]

    @property
    def end_s(self) -> float:
        """Where it ends, in seconds from the beginning of the recording."""
        return self.start_s + len(self.samples) / SPEECH_RATE_HZ


def windows(
    blocks: Iterable[NDArray[np.float32]],
    start_s: float = 0.0,
    longest_s: float = LONGEST_S,
    until_s: float = 0.0,
    check: Callable[[], None] = _no_check,
) -> Iterator[Window]:
    """Yield windows of at most ``longest_s`` seconds that together hold every sample once, holding one at a time.

    ``start_s`` is where the first sample stands in the recording. What ends by ``until_s`` is left out: where that is
    the end of a window, those behind it are cut as they would have been. ``check`` is called while leaving out.
    """
    longest = int(longest_s * SPEECH_RATE_HZ)
    held: list[NDArray[np.float32]] = []
    passed = max(round((until_s - start_s) * SPEECH_RATE_HZ), 0)
    held_samples = 0
    for block in _behind(passed, blocks, check):
        held.append(block)
        held_samples += len(block)
        while held_samples > longest:
            samples = np.concatenate(held)
            cut = _quietest(samples[:longest])
            yield Window(start_s + passed / SPEECH_RATE_HZ, samples[:cut])
            passed += cut
            held, held_samples = [samples[cut:]], len(samples) - cut
    if held_samples:
        yield Window(start_s + passed / SPEECH_RATE_HZ, np.concatenate(held))


def _behind(
    samples: int, blocks: Iterable[NDArray[np.float32]], check: Callable[[], None]
) -> Iterator[NDArray[np.float32]]:
    for block in blocks:
        if samples:
            check()
        if len(block) > samples:
            yield block[samples:]
        samples = max(samples - len(block), 0)


def may_hold_speech(samples: NDArray[np.float32]) -> bool:
    """Whether speech is possible here: neither silence nor a steady noise. Models invent words in both."""
    levels = _levels_dbfs(samples)
    if not levels.size or levels.max() < SILENCE_DBFS:
        return False
    quiet, loud = np.percentile(levels, (5, 95))
    return bool(loud - quiet >= STEADY_RANGE_DB)


def _quietest(samples: NDArray[np.float32]) -> int:
    """The index in the middle of the quietest 0.2 s of the search region at the end of ``samples``."""
    frame = int(FRAME_S * SPEECH_RATE_HZ)
    first = max(len(samples) - int(SEARCH_S * SPEECH_RATE_HZ), len(samples) // 2)
    levels = _levels_dbfs(samples[first:])
    smooth = np.convolve(levels, np.ones(PAUSE_FRAMES) / PAUSE_FRAMES, mode="valid")
    return first + (int(np.argmin(smooth)) + PAUSE_FRAMES // 2) * frame + frame // 2


def _levels_dbfs(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """The level of each whole 30 ms frame; -120 dBFS stands for digital silence."""
    frame = int(FRAME_S * SPEECH_RATE_HZ)
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame).astype(np.float64)
    power = np.mean(frames**2, axis=1) if len(frames) else np.zeros(0)
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power, 1e-12))
    return levels
