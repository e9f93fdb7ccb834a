"""Where a recording is silent."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.media.stretches import Stretches, runs

FRAMES_A_SECOND = 100  # 10 ms: one period of the lowest tone that is taken for a level and not for a movement


@dataclass(slots=True, eq=False)
class SilenceMap:
    """Finds the stretches of at least ``at_least_s`` in which no channel's level (RMS of 10 ms) reaches a threshold."""

    rate_hz: int
    below_dbfs: float
    at_least_s: float
    _found: Stretches = field(default_factory=Stretches, init=False)
    _rest: NDArray[np.float32] | None = field(default=None, init=False)
    _frames: int = field(default=0, init=False)
    _since: int | None = field(default=None, init=False)  # the frame with which the silence that goes on began

    def add(self, chunk: NDArray[np.float32]) -> None:
        """Listen to the next ``chunk``, of shape (samples, channels)."""
        held = chunk if self._rest is None else np.concatenate([self._rest, chunk])
        whole = len(held) // self._frame
        self._rest = held[whole * self._frame :]
        if whole:
            self._judge(held[: whole * self._frame].reshape(whole, self._frame, -1))

    def body(self, duration_s: float) -> dict[str, Any]:
        """The silence of the whole recording, as JSON."""
        if self._rest is not None and len(self._rest):
            self._judge(self._rest[None])
        self._end(duration_s)
        told = {"below_dbfs": self.below_dbfs, "at_least_s": self.at_least_s}
        return {**told, **self._found.body(duration_s)}

    @property
    def _frame(self) -> int:
        return round(self.rate_hz / FRAMES_A_SECOND)

    def _judge(self, frames: NDArray[np.float32]) -> None:
        power = np.mean(np.square(frames, dtype=np.float64), axis=1).max(axis=1)
        is_quiet = power < 10 ** (self.below_dbfs / 10)
        for start, _ in zip(*runs(is_quiet), strict=True):
            at = self._frames + int(start)
            if not is_quiet[start]:
                self._end(at * self._frame / self.rate_hz)
            elif self._since is None:
                self._since = at
        self._frames += len(frames)

    def _end(self, end_s: float) -> None:
        if self._since is not None:
            start_s = self._since * self._frame / self.rate_hz
            if end_s - start_s >= self.at_least_s:
                self._found.add(start_s, end_s)
        self._since = None
