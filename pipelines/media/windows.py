"""Cutting a stream of sound into windows short enough for a model, at pauses where there are any."""

from collections.abc import Iterable, Iterator
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


@dataclass(frozen=True, slots=True)
class Piece:
    """From ``offset_s`` on, a window holds the sound that stands at ``start_s`` in the recording."""

    offset_s: float
    start_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A stretch of sound: ``samples`` of shape (n,), float32 in -1..1, mono 16 kHz, beginning at ``start_s``.

    Where silence was left out it consists of ``pieces``, the first at offset 0; without them it is one.
    """

    start_s: float
    samples: NDArray[np.float32]
    pieces: tuple[Piece, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to hear in it."""
        return len(self.samples) == 0

    @property
    def duration_s(self) -> float:
        """How long it is to listen to."""
        return len(self.samples) / SPEECH_RATE_HZ

    @property
    def end_s(self) -> float:
        """Where it ends, in seconds from the beginning of the recording."""
        return self.moment_s(self.duration_s, is_end=True)

    def moment_s(self, offset_s: float, *, is_end: bool = False) -> float:
        """The moment of the recording that stands at ``offset_s``; where two pieces meet, an end is the first one's."""
        offset_s = min(max(offset_s, 0.0), self.duration_s)
        begun = [one for one in self.pieces if one.offset_s < offset_s or (one.offset_s == offset_s and not is_end)]
        piece = begun[-1] if begun else Piece(0.0, self.start_s)
        return piece.start_s + offset_s - piece.offset_s

    def rest(self, offset_s: float) -> "Window":
        """What comes after ``offset_s``."""
        start_s = self.moment_s(offset_s)
        later = tuple(Piece(one.offset_s - offset_s, one.start_s) for one in self.pieces if one.offset_s > offset_s)
        pieces = (Piece(0.0, start_s), *later) if later else ()
        return Window(start_s, self.samples[round(offset_s * SPEECH_RATE_HZ) :], pieces)


def nothing_until(at_s: float) -> Window:
    """An empty window: there is nothing to hear that was not yielded before, up to ``at_s`` in the recording."""
    return Window(at_s, np.zeros(0, np.float32))


def windows(
    blocks: Iterable[NDArray[np.float32]],
    start_s: float = 0.0,
    longest_s: float = LONGEST_S,
    until_s: float = 0.0,
) -> Iterator[Window]:
    """Yield windows of at most ``longest_s`` seconds that together hold every sample once, holding one at a time.

    ``start_s`` is where the first sample stands in the recording. What ends by ``until_s`` is left out: where that is
    the end of a window, those behind it are cut as they would have been.
    """
    longest = int(longest_s * SPEECH_RATE_HZ)
    held: list[NDArray[np.float32]] = []
    passed = max(round((until_s - start_s) * SPEECH_RATE_HZ), 0)
    held_samples = 0
    for block in behind(passed, blocks):
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


def behind(samples: int, blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """``blocks`` without their first ``samples`` samples."""
    for block in blocks:
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
