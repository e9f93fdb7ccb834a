"""Keeping forks and database work of a worker's parent process apart.

SQLite's locks are known to a process by its memory: a child that is forked while its parent holds one believes that it
holds it too (https://sqlite.org/howtocorrupt.html, "Carrying an open database connection across a fork").
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ForkGuard:
    """While anybody is in ``no_fork``, a fork of this process waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        os.register_at_fork(
            before=self._lock.acquire, after_in_parent=self._lock.release, after_in_child=self._lock.release
        )

    @contextmanager
    def no_fork(self) -> Iterator[None]:
        """Have forks wait for the length of the block."""
        with self._lock:
            yield
