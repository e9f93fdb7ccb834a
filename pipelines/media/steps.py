"""A picture of a stream whose length nobody knows, in memory that does not grow: full, it halves its resolution."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


@dataclass(slots=True, eq=False)
class Steps:
    """Rows of ``width`` values folded into at most ``most`` equal steps of ``length`` rows; ``most`` is at least 2.

    ``length`` begins at 1 and doubles whenever the steps are full: whatever came in is in one of them. ``fold`` is
    ``np.maximum``, which keeps the highest of each value, or ``np.add``, which sums them up.
    """

    most: int
    width: int
    fold: np.ufunc
    length: int = field(default=1, init=False)
    _steps: Rows = field(init=False)
    _last: Rows = field(init=False)  # the step that is not yet as long as the others: of shape (0 or 1, width)
    _rows_in_last: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._steps = self._last = np.zeros((0, self.width), np.float32)

    def add(self, rows: Rows) -> None:
        """Take the next ``rows``, of shape (n, ``width``)."""
        while len(rows):
            if len(self._steps) == self._capacity:
                self._steps = self.fold.reduce(self._steps.reshape(-1, 2, self.width), axis=1)
                self.length *= 2
            if self._rows_in_last or len(rows) < self.length:
                rows = self._lengthen(rows)
            else:
                count = min(len(rows) // self.length, self._capacity - len(self._steps))
                whole, rows = rows[: count * self.length], rows[count * self.length :]
                self._put(self._folded(whole.reshape(count, self.length, self.width)))

    def values(self) -> Rows:
        """All steps, of shape (at most ``most``, ``width``); the last may hold fewer rows than the others."""
        return np.concatenate([self._steps, self._last])

    def averages(self) -> Rows:
        """As ``values``, of steps that were summed up: the mean of the rows of each."""
        rows = np.full(len(self._steps) + len(self._last), self.length, np.float32)
        rows[len(self._steps) :] = self._rows_in_last
        found: Rows = self.values() / rows[:, None]
        return found

    @property
    def _capacity(self) -> int:
        return self.most - self.most % 2  # of an odd number one would have no partner

    def _lengthen(self, rows: Rows) -> Rows:
        """Fold into the last step what it lacks, and return the rows that are left."""
        count = min(self.length - self._rows_in_last, len(rows))
        self._last = self._folded(np.concatenate([self._last, rows[:count]])[None])
        self._rows_in_last += count
        if self._rows_in_last == self.length:
            self._put(self._last)
            self._last, self._rows_in_last = self._last[:0], 0
        return rows[count:]

    def _folded(self, steps: Rows) -> Rows:
        """Fold ``steps``, of shape (n, length, width), to (n, width): NumPy is quick where the last axis is long."""
        if steps.shape[1] > self.width:
            return np.asarray(self.fold.reduce(np.ascontiguousarray(steps.swapaxes(1, 2)), axis=2))
        return np.asarray(self.fold.reduce(steps, axis=1))

    def _put(self, steps: Rows) -> None:
        self._steps = np.concatenate([self._steps, steps])
