"""Which frequencies sound when: a spectrogram of any length, computed while the recording is decoded."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipelines.media.steps import Steps

MOST_COLUMNS = 1480
BANDS = 320
WINDOW_S = 0.04  # at least: two periods of 50 Hz, and short enough for syllables
LOWEST_DB = -200.0  # stands for digital silence


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """``levels_db`` of shape (columns, bands), lowest band first, in dB of a full-scale sine; bands are even in mel."""

    levels_db: NDArray[np.float32]
    highest_hz: float
    column_s: float


@dataclass(slots=True, eq=False)
class Spectrogram:
    """A short-time Fourier transform with Hann windows that overlap by three quarters, averaged to columns in power."""

    rate_hz: int
    channels: int
    _columns: Steps = field(init=False)
    _held: NDArray[np.float32] = field(init=False)
    _window: NDArray[np.float32] = field(init=False)
    _edges: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        size = 1 << int(np.ceil(np.log2(WINDOW_S * self.rate_hz)))
        self._columns = Steps(MOST_COLUMNS, BANDS, np.add)
        self._window = np.hanning(size + 1)[:-1].astype(np.float32)
        self._held = np.zeros((size // 2, self.channels), np.float32)  # so that the first window is centred on 0 s
        bands_hz = hertz(np.linspace(0.0, mel(self.rate_hz / 2), BANDS + 1))[:-1]
        self._edges = np.minimum(np.round(bands_hz * size / self.rate_hz), size // 2).astype(np.intp)

    def add(self, chunk: NDArray[np.float32]) -> None:
        """Take the next ``chunk``, of shape (samples, channels); one second or so at a time."""
        held = np.concatenate([self._held, chunk])
        size, hop = len(self._window), len(self._window) // 4
        count = max((len(held) - size) // hop + 1, 0)
        self._held = held[count * hop :]
        if count:
            self._columns.add(self._power(held[: (count - 1) * hop + size], hop))

    def spectrum(self) -> Spectrum:
        """What all the sound came to."""
        self.add(np.zeros((len(self._window) // 2, self.channels), np.float32))
        power = np.maximum(self._columns.averages(), 10 ** (LOWEST_DB / 10))
        column_s = self._columns.length * (len(self._window) // 4) / self.rate_hz
        return Spectrum((10 * np.log10(power)).astype(np.float32), self.rate_hz / 2, column_s)

    def _power(self, sound: NDArray[np.float32], hop: int) -> NDArray[np.float32]:
        """The strongest frequency of each band, the mean of all channels: those out of phase do not cancel out."""
        size = len(self._window)
        total = np.zeros((0, BANDS), np.float32)
        for channel in range(self.channels):
            frames = np.lib.stride_tricks.sliding_window_view(sound[:, channel], size)[::hop] * self._window
            found = np.abs(np.fft.rfft(frames)).astype(np.float32) / (size / 4)  # a full-scale sine gives 1
            bands = np.maximum.reduceat(found * found, self._edges, axis=1)
            total = total + bands if len(total) else bands
        return total / np.float32(self.channels)


def mel(frequency_hz: float) -> float:
    """The pitch that is heard, by O'Shaughnessy's formula (Speech Communication, 1987)."""
    return float(2595.0 * np.log10(1.0 + frequency_hz / 700.0))


def hertz(pitch_mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """The frequencies of pitches: ``mel`` the other way."""
    found: NDArray[np.float64] = 700.0 * (10 ** (pitch_mel / 2595.0) - 1.0)
    return found
