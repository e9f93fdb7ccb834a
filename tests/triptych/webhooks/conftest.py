"""A receiver that is there for a test."""

from collections.abc import Iterator

import pytest
from support.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one
