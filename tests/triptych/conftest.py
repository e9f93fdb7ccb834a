"""Stores in trouble."""

from dataclasses import replace
from pathlib import Path

import pytest

from triptych.store import Store
from triptych.wire import Wire, connect


@pytest.fixture
def away(store: Store, tmp_path: Path) -> Store:
    """The same store, for a process that cannot reach Redis."""
    return replace(store, wire=Wire(connect(f"unix://{tmp_path / 'nobody-listens.sock'}")))
