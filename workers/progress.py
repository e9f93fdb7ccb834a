"""Progress as often as an eye can follow, and no oftener: each report is a write and an event."""

from collections.abc import Callable
from time import monotonic

INTERVAL_S = 0.25


class ThrottledProgress:
    """Passes on the first report, the last (``fraction`` 1) and at most one every ``INTERVAL_S`` in between."""

    def __init__(self, record: Callable[[float | None, str], None], clock: Callable[[], float] = monotonic) -> None:
        self._record = record
        self._clock = clock
        self._told_at = float("-inf")

    def tell(self, fraction: float | None, note: str) -> None:
        """Report; fractions outside 0..1 are pulled to the nearer end."""
        now = self._clock()
        if now - self._told_at < INTERVAL_S and fraction != 1.0:
            return
        self._told_at = now
        self._record(None if fraction is None else min(max(fraction, 0.0), 1.0), note)
