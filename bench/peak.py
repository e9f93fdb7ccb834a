"""The resident memory of some processes, and its peak over a stretch of time."""

import threading
from collections.abc import Sequence
from typing import Self

import psutil

POLL_S = 0.02


def resident_mib(processes: Sequence[psutil.Process]) -> int:
    """Resident memory of ``processes`` together, in MiB; what they share counts more than once."""
    return sum(int(process.memory_info().rss) for process in processes) // 1024**2


class PeakMemory:
    """Looks at the memory of ``processes`` every ``POLL_S`` for as long as the block."""

    def __init__(self, processes: Sequence[psutil.Process]) -> None:
        self.peak_mib = 0
        self._processes = processes
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(POLL_S):
            self.peak_mib = max(self.peak_mib, resident_mib(self._processes))
