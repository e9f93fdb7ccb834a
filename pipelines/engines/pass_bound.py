"""How much one pass of a model may hold: as much as pays, and no more than its device has memory for."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from pipelines.engines.memory_running_out import ran_out_of_memory

SHARE = 0.8  # of the free memory: allocators round up, and what is free lies in pieces
REMEMBERED = 16  # passes whose cost is remembered: the dearest of them counts
TRY_AGAIN_AFTER = 64  # passes that filled at least half of a lowered bound: it is then raised again


def _untold() -> AbstractContextManager[Callable[[], int | None]]:
    """A pass whose memory nobody can measure."""
    return nullcontext(lambda: None)


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """The memory of the device that passes are done on.

    ``free_bytes``: what a pass may take of it now. ``measured``: a block around a pass, in which the callable that it
    gives tells how many bytes the pass has taken at most, or None where that cannot be told.
    """

    free_bytes: Callable[[], int]
    measured: Callable[[], AbstractContextManager[Callable[[], int | None]]] = _untold


class PassBound:
    """The most that a pass may hold, in what its items weigh together.

    ``most``: beyond it an item takes as long as before, so that larger passes only make others wait. Where ``memory``
    is that of a device, as many fit as its free bytes have room for, ``unit_bytes`` for each unit of weight until
    passes were measured. A small pass counts all that passes take whatever their size as its items', which errs to the
    safe side. A pass that ran out of memory halves the bound; after ``TRY_AGAIN_AFTER`` that went well it is
    doubled again, as it may have been others who had filled the memory. Thread-safe.
    """

    def __init__(self, most: int, memory: DeviceMemory | None = None, unit_bytes: int = 1) -> None:
        self._most = most
        self._memory = memory
        self._unit_bytes = unit_bytes
        self._costs: deque[float] = deque(maxlen=REMEMBERED)  # bytes a unit of weight
        self._lowered = most
        self._full_since = 0  # passes that filled at least half of it
        self._lock = threading.Lock()

    def now(self) -> int:
        """What the next pass may hold; at least 1."""
        with self._lock:
            most, cost_bytes = self._lowered, max(self._costs, default=self._unit_bytes)
        if self._memory is not None and cost_bytes > 0:
            most = min(most, int(SHARE * self._memory.free_bytes() / cost_bytes))
        return max(most, 1)

    @contextmanager
    def watched(self, weight: int) -> Iterator[None]:
        """Learn from the pass in the block, which holds ``weight``: what it takes, and that it ran out of memory."""
        try:
            with self._memory.measured() if self._memory else _untold() as taken_bytes:
                yield
                took = taken_bytes()
        except Exception as error:
            if ran_out_of_memory(error):
                self._lower(weight)
            raise
        self._learn(weight, took)

    def _lower(self, weight: int) -> None:
        with self._lock:
            self._lowered, self._full_since = max(min(self._lowered, weight // 2), 1), 0

    def _learn(self, weight: int, took_bytes: int | None) -> None:
        with self._lock:
            if took_bytes is not None:
                self._costs.append(took_bytes / max(weight, 1))
            if 2 * weight >= self._lowered:
                self._full_since += 1
            if self._lowered < self._most and self._full_since >= TRY_AGAIN_AFTER:
                self._lowered, self._full_since = min(2 * self._lowered, self._most), 0
