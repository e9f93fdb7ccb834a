"""Passes of models, counted over all processes."""

import pytest

from triptych.passes import Counted, Measure, add_passes, bin_of, pass_histograms
from triptych.store import Store

pytestmark = pytest.mark.redis


def counted(*sizes: int, kind: str = "timm/labels") -> dict:
    found: dict = {}
    for size in sizes:
        at = bin_of(kind, Measure.ITEMS, size)
        found[at] = found.get(at, Counted(0, 0)).and_another(size)
    return found


def test_passes_of_several_processes_are_added_up(store: Store) -> None:
    add_passes(store, counted(1, 3))
    add_passes(store, counted(4, 1000))

    [told] = pass_histograms(store)

    assert (told.kind, told.measure, told.total) == ("timm/labels", Measure.ITEMS, 1008)
    assert dict(told.up_to) == {
        1: 1, 2: 1, 4: 3, 8: 3, 16: 3, 32: 3, 64: 3, 128: 3, 256: 3, float("inf"): 4,
    }  # fmt: skip


def test_each_kind_is_told_by_itself(store: Store) -> None:
    add_passes(store, {**counted(1), **counted(2, kind="ctranslate2/windows")})

    told = pass_histograms(store)

    assert [(one.kind, one.total) for one in told] == [("ctranslate2/windows", 2), ("timm/labels", 1)]


def test_without_passes_nothing_is_told(store: Store) -> None:
    assert pass_histograms(store) == []
