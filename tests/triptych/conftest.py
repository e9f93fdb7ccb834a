"""Stores in trouble, and stores whose time stands still."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from support.stores import HandClock

from triptych.store import Store
from triptych.wire import Wire, connect


@pytest.fixture
def away(store: Store, tmp_path: Path) -> Store:
    """The same store, for a process that cannot reach Redis."""
    return replace(store, wire=Wire(connect(f"unix://{tmp_path / 'nobody-listens.sock'}")))


@pytest.fixture
def clock() -> HandClock:
    """The time of ``timed``."""
    return HandClock()


@pytest.fixture
def timed(store: Store, clock: HandClock) -> Store:
    """The store with ``clock``, and with the same chance in every run."""
    return replace(store, clock=clock, random=Random(7))
