"""Decoded blocks, of which codecs make a thousand samples each, in pieces that are worth a computation."""

from collections.abc import Iterable, Iterator

import av
import numpy as np
from numpy.typing import NDArray

from pipelines.media.sound import SPEECH_RATE_HZ

Samples = NDArray[np.float32]


def chunks(blocks: Iterable[Samples], size: int) -> Iterator[Samples]:
    """Yield the same samples in chunks of about ``size``, the last one shorter; blocks are (samples, channels).

    Each channel of a chunk lies in one piece of memory: NumPy sums and compares it a hundred times as quickly.
    """
    held: list[Samples] = []
    length = 0
    for block in blocks:
        held.append(block)
        length += len(block)
        if length >= size:
            yield np.asfortranarray(np.concatenate(held))
            held, length = [], 0
    if length:
        yield np.asfortranarray(np.concatenate(held))


def as_speech(sound: Iterable[Samples], rate_hz: int) -> Iterator[Samples]:
    """Yield ``sound``, of shape (samples, channels) each, as detectors of speech want it: (samples,), mono, 16 kHz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SPEECH_RATE_HZ)
    for chunk in sound:
        mono = np.clip(chunk.mean(axis=1, dtype=np.float32), -1.0, 1.0)
        frame = av.AudioFrame.from_ndarray(mono[None], format="flt", layout="mono")
        frame.sample_rate = rate_hz
        yield from (out.to_ndarray().reshape(-1) for out in resampler.resample(frame) if out.samples)
    yield from (out.to_ndarray().reshape(-1) for out in resampler.resample(None) if out.samples)
