"""The log energies of 80 mel bands: what models that know voices listen to, just as Kaldi computes them.

Kaldi's ``compute-fbank-feats`` (Povey et al. 2011, https://kaldi-asr.org, feature-fbank and mel-computations) without
dithering: frames of 25 ms every 10 ms, each without its mean, pre-emphasised, windowed and transformed; triangles that
are evenly spaced on Stevens' and Volkmann's mel scale from 20 Hz to half the rate.
"""

from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipelines.media.sound import SPEECH_RATE_HZ

BANDS = 80
FRAME, STEP = 400, 160  # samples: 25 and 10 ms
TRANSFORM = 512  # the next power of two
PREEMPHASIS = 0.97
LOWEST_HZ = 20.0
LEAST_ENERGY = np.finfo(np.float32).eps  # below it a logarithm would tell of rounding alone


class Taper(StrEnum):
    """What a frame is multiplied by, so that its ends make no clicks."""

    POVEY = "povey"  # Kaldi's own: Hann's to the power of 0.85
    HAMMING = "hamming"


def filter_bank(samples: NDArray[np.float32], taper: Taper) -> NDArray[np.float32]:
    """The bands of ``samples``, mono at 16 kHz and in whatever scale: (n,) gives (1 + (n - 400) // 160, 80).

    Frames lie wholly within the samples; fewer than 400 give none.
    """
    if len(samples) < FRAME:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP].astype(np.float64)
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.hstack([frames[:, :1], frames[:, :-1]])
    spectrum = np.fft.rfft((frames - PREEMPHASIS * before) * _taper(taper), TRANSFORM)
    energies = np.square(np.abs(spectrum)) @ _triangles()
    return np.log(np.maximum(energies, LEAST_ENERGY)).astype(np.float32)


@cache
def _taper(taper: Taper) -> NDArray[np.float64]:
    raised: NDArray[np.float64] = np.hamming(FRAME) if taper is Taper.HAMMING else np.hanning(FRAME) ** 0.85
    return raised


@cache
def _triangles() -> NDArray[np.float64]:
    """Each band's share of each frequency: shape (257, 80)."""
    edges = np.linspace(_mel(LOWEST_HZ), _mel(SPEECH_RATE_HZ / 2), BANDS + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    at = _mel(np.arange(TRANSFORM // 2 + 1) * SPEECH_RATE_HZ / TRANSFORM)[:, None]
    shares: NDArray[np.float64] = np.clip(np.minimum((at - low) / (middle - low), (high - at) / (high - middle)), 0, 1)
    return shares


def _mel(frequency_hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log(1.0 + np.asarray(frequency_hz) / 700.0))
