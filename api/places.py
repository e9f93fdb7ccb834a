"""Places for what takes long and may be slow to be taken: few in a process, and fewer for one account."""

from collections import Counter
from threading import Lock


class Places:
    """``most`` of them, of which one account has ``each`` at a time."""

    def __init__(self, most: int, each: int) -> None:
        self._most, self._each = most, each
        self._taken = Counter[str]()
        self._lock = Lock()

    def take(self, owner: str) -> bool:
        """Take a place for ``owner``; False where there is none for them."""
        with self._lock:
            if self._taken.total() >= self._most or self._taken[owner] >= self._each:
                return False
            self._taken[owner] += 1
            return True

    def give_back(self, owner: str) -> None:
        """Let another have a place that was taken for ``owner``."""
        with self._lock:
            self._taken[owner] -= 1
            self._taken += Counter()  # forget who has none
