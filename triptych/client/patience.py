"""How long is waited for an API and how often it is asked again: figures, and nothing that waits."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Bounds of one client's waiting; times in seconds.

    ``attempts`` is how often one request is sent at most, where repeating it is safe. ``away_s``: for how long an API
    that was there may be away while something long is under way, such as a job that is waited for or a download.
    """

    connect_s: float = 5.0
    silence_s: float = 90.0
    attempts: int = 4
    first_pause_s: float = 0.2
    longest_pause_s: float = 30.0
    away_s: float = 120.0

    def pause_s(self, failures: int, chance: Callable[[], float]) -> float:
        """How long to wait behind so many failures in a row: doubled each time, and up to half as long by chance.

        By chance, so that many clients do not come back to a server at the same moment.
        """
        longest = min(self.longest_pause_s, self.first_pause_s * 2.0 ** (failures - 1))
        return longest * (0.5 + 0.5 * chance())


USUAL = Patience()
