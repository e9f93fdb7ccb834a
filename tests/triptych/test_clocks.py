"""A machine whose clock is far from the database's says so, before its leases are taken for lapsed."""

from dataclasses import replace
from time import time
from typing import Any

import pytest
from structlog.testing import capture_logs

from triptych.clocks import APART_S
from triptych.jobs.sweep import rescue_lapsed
from triptych.store import Store
from triptych.workers import Worker, report


def warnings_of(store: Store, ahead_s: float) -> list[Any]:  # Any: log lines
    """What a worker's report and a sweep say on a machine whose clock is ``ahead_s`` ahead."""
    there = replace(store, clock=lambda: time() + ahead_s)
    with capture_logs() as lines:
        report(there, Worker("cpu@host", ("cpu",), 1, "1", there.clock()))
        rescue_lapsed(there)
    return [line["ahead_s"] for line in lines if line["log_level"] == "warning"]


@pytest.mark.postgres
@pytest.mark.parametrize("ahead_s", [-3 * APART_S, 3 * APART_S])
def test_a_clock_that_is_off_is_told_by_workers_and_by_the_sweep(impatient: Store, ahead_s: float) -> None:
    assert warnings_of(impatient, ahead_s) == pytest.approx([ahead_s, ahead_s], abs=APART_S)


def test_a_clock_that_is_nearly_right_is_not_mentioned(store: Store) -> None:
    assert warnings_of(store, 0.1) == []


def test_sqlite_has_our_own_clock(sqlite_store: Store) -> None:
    assert warnings_of(sqlite_store, 3600) == []
