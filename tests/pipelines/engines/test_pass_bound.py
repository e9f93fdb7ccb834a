"""The bound of a pass, on a device whose memory is a number."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pipelines.engines.pass_bound import TRY_AGAIN_AFTER, DeviceMemory, PassBound


class Device:
    """A device with ``free_bytes``, on which a pass takes ``overhead_bytes`` and ``unit_bytes`` for each of its units.

    As a real one, it tells what a pass took, and refuses one for which it has too little.
    """

    def __init__(self, free_bytes: int, unit_bytes: int, overhead_bytes: int = 0) -> None:
        self.free_bytes, self.unit_bytes, self.overhead_bytes = free_bytes, unit_bytes, overhead_bytes
        self._took_bytes = 0

    @property
    def memory(self) -> DeviceMemory:
        return DeviceMemory(lambda: self.free_bytes, self._measured)

    def work(self, bound: PassBound, weight: int) -> None:
        with bound.watched(weight):
            self._took_bytes = self.overhead_bytes + weight * self.unit_bytes
            if self._took_bytes > self.free_bytes:
                raise MemoryError

    @contextmanager
    def _measured(self) -> Iterator[Callable[[], int]]:
        yield lambda: self._took_bytes


def test_without_a_device_the_fixed_bound_counts() -> None:
    bound = PassBound(8)

    assert bound.now() == 8


def test_before_the_first_pass_the_declared_cost_counts() -> None:
    bound = PassBound(64, Device(1000, 10).memory, unit_bytes=100)

    assert bound.now() == 8  # of ten that fit, as memory lies in pieces


def test_measured_cost_takes_the_place_of_the_declared_one() -> None:
    device = Device(1000, 10)
    bound = PassBound(64, device.memory, unit_bytes=100)

    device.work(bound, 8)

    assert bound.now() == 64  # 80 would fit; beyond 64 nothing is won


def test_bound_follows_the_memory_that_is_free_now() -> None:
    device = Device(1000, 10)
    bound = PassBound(64, device.memory, unit_bytes=10)
    before = bound.now()

    device.free_bytes = 500

    assert (before, bound.now()) == (64, 40)


def test_dearest_pass_of_late_counts_and_is_forgotten_in_the_end() -> None:
    device = Device(1000, 10, overhead_bytes=90)
    bound = PassBound(64, device.memory)
    device.work(bound, 1)
    after_one = bound.now()

    for _ in range(16):
        device.work(bound, 30)

    assert (after_one, bound.now()) == (8, 61)


def test_one_item_is_always_let_through() -> None:
    bound = PassBound(64, Device(0, 10).memory, unit_bytes=100)

    assert bound.now() == 1


def test_pass_that_ran_out_of_memory_halves_the_bound() -> None:
    device = Device(1000, 30)
    bound = PassBound(64, device.memory, unit_bytes=10)

    with pytest.raises(MemoryError):
        device.work(bound, 64)

    assert bound.now() == 32


def test_other_failures_do_not_lower_the_bound() -> None:
    bound = PassBound(64)

    with pytest.raises(RuntimeError, match="size mismatch"), bound.watched(64):
        raise RuntimeError("size mismatch")

    assert bound.now() == 64


def test_lowered_bound_is_raised_when_passes_have_gone_well_for_a_while() -> None:
    bound = PassBound(64)
    with pytest.raises(MemoryError), bound.watched(64):
        raise MemoryError

    for _ in range(TRY_AGAIN_AFTER - 1):
        with bound.watched(32):
            pass
    before = bound.now()
    with bound.watched(32):
        pass

    assert (before, bound.now()) == (32, 64)


def test_small_passes_say_nothing_of_whether_a_larger_one_would_go_well() -> None:
    bound = PassBound(64)
    with pytest.raises(MemoryError), bound.watched(64):
        raise MemoryError

    for _ in range(2 * TRY_AGAIN_AFTER):
        with bound.watched(1):
            pass

    assert bound.now() == 32
