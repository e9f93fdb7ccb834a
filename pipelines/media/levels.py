"""How high the samples of a recording are, and how alike its two channels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SILENT = 1e-10  # of full scale, -200 dB: what is below is the rounding of a silent codec


class Levels:
    """Sums over all samples of ``channels`` channels."""

    def __init__(self, channels: int) -> None:
        self._samples = 0
        self._sums, self._squares, self._peaks = (np.zeros(channels) for _ in range(3))
        self._product = 0.0

    def add(self, chunk: NDArray[np.float32]) -> None:
        """Take the next ``chunk``, of shape (samples, channels)."""
        exact = chunk.astype(np.float64)
        self._samples += len(exact)
        self._sums += exact.sum(axis=0)
        self._squares += np.square(exact).sum(axis=0)
        self._peaks = np.maximum(self._peaks, np.abs(exact).max(axis=0, initial=0.0))
        if exact.shape[1] == 2:
            self._product += float(exact[:, 0] @ exact[:, 1])

    def body(self) -> dict[str, Any]:
        """Peak and RMS in dBFS, of all channels (None for silence), and the offset of the channel that has most."""
        offsets = self._sums / max(self._samples, 1)
        return {
            "sample_peak_dbfs": _dbfs(float(self._peaks.max())),
            "rms_dbfs": _dbfs(float(np.sqrt(self._squares.mean() / max(self._samples, 1)))),
            "dc_offset": round(float(offsets[np.argmax(np.abs(offsets))]), 5),
        }

    def correlation(self) -> float | None:
        """1 where both channels are the same, -1 where they cancel out; None unless there are two that sound."""
        energy = float(np.sqrt(self._squares.prod()))
        if len(self._squares) != 2 or energy <= _SILENT**2 * self._samples:
            return None
        return round(self._product / energy, 3)


def _dbfs(level: float) -> float | None:
    return round(20 * float(np.log10(level)), 2) + 0.0 if level > _SILENT else None
