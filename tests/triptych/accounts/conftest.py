"""A provider that says whatever it is told to."""

from collections.abc import Iterator

import pytest
from support.lying_provider import LyingProvider, lying_provider


@pytest.fixture
def liar() -> Iterator[LyingProvider]:
    """As it answers at first, there is nothing wrong with it."""
    with lying_provider() as provider:
        yield provider
