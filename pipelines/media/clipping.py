"""Where a recording was too loud for its recorder: samples that stand at full scale one after the other."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.media.stretches import Stretches, runs

SHORTEST_RUN = 3  # samples; two at full scale may be the top of a tone that just fits
JOIN_S = 0.5  # an overloaded passage clips with every period: one place to a listener
# The highest positive sample there is, where it is not that of 16 bits. G.711: ITU-T, tables 1a and 2a.
FULL_SCALE = {"pcm_u8": 127 / 128, "pcm_s8": 127 / 128, "pcm_mulaw": 32_124 / 32_768, "pcm_alaw": 32_256 / 32_768}
FULL_SCALE_16_BIT = 32_767 / 32_768


@dataclass(slots=True, eq=False)
class Clipping:
    """Counts runs of at least ``SHORTEST_RUN`` samples at full scale, of one sign and in one channel."""

    rate_hz: int
    full_scale: float
    _runs: int = field(default=0, init=False)
    _samples: int = field(default=0, init=False)
    _heard: int = field(default=0, init=False)  # samples of all channels
    _moments: int = field(default=0, init=False)  # samples of one
    _found: Stretches = field(default_factory=lambda: Stretches(JOIN_S), init=False)
    _open: dict[int, tuple[int, int]] = field(default_factory=dict, init=False)  # channel: (sign, where it began)

    def add(self, chunk: NDArray[np.float32]) -> None:
        """Look at the next ``chunk``, of shape (samples, channels)."""
        places: list[tuple[int, int]] = []
        signs = (chunk >= self.full_scale).astype(np.int8) - (chunk <= -self.full_scale)
        for channel in range(chunk.shape[1]) if self._open or signs.any() else ():
            places += self._ended(channel, signs[:, channel])
        self._take(places)
        self._heard += chunk.size
        self._moments += len(chunk)

    def body(self, duration_s: float) -> dict[str, Any]:
        """The clipping of the whole recording, as JSON."""
        self._take([(begun, self._moments) for _, begun in self._open.values()])
        self._open = {}
        share = round(self._samples / max(self._heard, 1), 6)
        places = self._found.body(duration_s)["places"]
        return {"runs": self._runs, "samples": self._samples, "share": share, "places": places}

    def _ended(self, channel: int, signs: NDArray[np.int8]) -> list[tuple[int, int]]:
        """The runs of ``channel`` that end in this chunk, from sample to sample; the last one may go on."""
        starts, ends = runs(signs)
        was_sign, was_begun = self._open.pop(channel, (0, 0))
        found = []
        if was_sign and was_sign != signs[0]:
            found.append((was_begun, self._moments))
        for start, end in zip(starts[signs[starts] != 0], ends[signs[starts] != 0], strict=True):
            goes_on = start == 0 and signs[0] == was_sign
            begun = was_begun if goes_on else self._moments + int(start)
            if end == len(signs):
                self._open[channel] = (int(signs[start]), begun)
            else:
                found.append((begun, self._moments + int(end)))
        return found

    def _take(self, places: list[tuple[int, int]]) -> None:
        for first, last in sorted(places):
            if last - first >= SHORTEST_RUN:
                self._runs += 1
                self._samples += last - first
                self._found.add(first / self.rate_hz, last / self.rate_hz)
