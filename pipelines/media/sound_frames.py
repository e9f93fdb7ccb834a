"""Decoded frames set right: samples that are no numbers, and stretches that damage has left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

# Time stamps of live recordings tremble by some hundredths of a second; FFmpeg's aresample (min_hard_comp) too
# takes a tenth for a real gap.
SHORTEST_GAP_S = 0.1
LONGEST_GAP_S = 600.0  # beyond it the stamps are nonsense, or begin anew

BLOCK_S = 1.0


@dataclass(slots=True)
class Timeline:
    """Compares the time stamps of frames with the sound that came before them."""

    due_s: float | None = None  # the stamp that the next frame should bear

    def gap_before(self, frame: Any) -> float:  # Any: PyAV ships no types that hold here
        """How many seconds are missing before ``frame``; 0.0 when it follows, or when its stamp means nothing."""
        length_s = frame.samples / frame.sample_rate
        begins_s = self.due_s if frame.pts is None else float(frame.pts * frame.time_base)
        gap_s = 0.0 if begins_s is None or self.due_s is None else begins_s - self.due_s
        if self.due_s is None or abs(gap_s) >= SHORTEST_GAP_S:
            self.due_s = None if begins_s is None else begins_s + length_s
        else:
            self.due_s += length_s
        return gap_s if SHORTEST_GAP_S <= gap_s <= LONGEST_GAP_S else 0.0


def silence(duration_s: float, rate_hz: int, channels: int, dtype: DTypeLike) -> Iterator[NDArray[Any]]:
    """Yield silent blocks of shape (1, samples * channels), as packed frames have it, for ``duration_s`` seconds."""
    left, block = round(duration_s * rate_hz), round(BLOCK_S * rate_hz)
    while left > 0:
        yield np.zeros((1, min(left, block) * channels), dtype)
        left -= block


def holds_floats(codec_name: str) -> bool:
    """Whether the codec stores floating point numbers as they are, and so whatever a file claims to be one."""
    return codec_name.startswith("pcm_f")


def only_numbers(frame: Any) -> tuple[Any, int, float]:
    """Return ``frame`` with samples in -1..1, how many were no numbers, which become silence, and the highest before.

    Done before resampling, whose filter would smear one of them over its neighbours.
    """
    samples = frame.to_ndarray()
    wrong = int(np.count_nonzero(~np.isfinite(samples)))
    sound = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    highest = float(np.abs(sound).max(initial=0.0))
    if not wrong and highest <= 1.0:
        return frame, 0, highest
    sound = np.clip(sound, -1.0, 1.0)
    mended = type(frame).from_ndarray(sound, format=frame.format.name, layout=frame.layout.name)
    mended.sample_rate, mended.pts, mended.time_base = frame.sample_rate, frame.pts, frame.time_base
    return mended, wrong, highest
