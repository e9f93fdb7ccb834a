"""Where in a recording something goes on: from when to when, and for how long in all."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A day of speech has some twenty thousand pauses: beyond these they are counted and no longer listed.
MOST_PLACES = 5_000


@dataclass(slots=True, eq=False)
class Stretches:
    """The stretches found so far; those closer than ``join_s`` to the one before are one with it."""

    join_s: float = 0.0
    count: int = field(default=0, init=False)
    places: list[tuple[float, float]] = field(default_factory=list, init=False)
    _gone_s: float = field(default=0.0, init=False)  # of the stretches before the last
    _last: tuple[float, float] | None = field(default=None, init=False)

    def add(self, start_s: float, end_s: float) -> None:
        """Take the next stretch, which ends no earlier than the one before; it may take in several before it."""
        while self._last is not None and start_s - self._last[1] <= self.join_s:
            start_s, end_s = min(start_s, self._last[0]), max(end_s, self._last[1])
            self._last = self._taken_up()
        self._put_down()
        self._last = (start_s, end_s)

    def body(self, duration_s: float) -> dict[str, Any]:
        """What they come to in a recording of ``duration_s``, as JSON."""
        self._put_down()
        self._last = None
        return {
            "count": self.count,
            "duration_s": round(self._gone_s, 3),
            "share": round(min(self._gone_s / duration_s, 1.0), 4),
            "places": [{"start_s": round(start, 3), "end_s": round(end, 3)} for start, end in self.places],
        }

    def _taken_up(self) -> tuple[float, float] | None:
        """The stretch that was put down last, if it is still known."""
        if self.count > len(self.places) or not self.places:
            return None
        start_s, end_s = self.places.pop()
        self.count -= 1
        self._gone_s -= end_s - start_s
        return start_s, end_s

    def _put_down(self) -> None:
        if self._last is None:
            return
        self.count += 1
        self._gone_s += self._last[1] - self._last[0]
        if len(self.places) < MOST_PLACES:
            self.places.append(self._last)


def runs(values: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where runs of equal values begin and end in ``values`` of shape (n,), n at least 1: two arrays of indices."""
    changes = np.flatnonzero(values[1:] != values[:-1]) + 1
    return np.concatenate([[0], changes]), np.concatenate([changes, [len(values)]])
