"""How long a server is waited for: as long as it goes on, and no longer."""

import pytest

from pipelines.engines.answer_stream import Patience
from pipelines.errors import TransientFailure


@pytest.fixture
def times():
    """What a clock says, one after the other."""
    return []


@pytest.fixture
def patience(times):
    times.append(0.0)
    return Patience(10.0, lambda: times[-1])


def test_slow_server_is_waited_for_as_long_as_it_goes_on(patience, times):
    for chunk in range(1, 20):
        times.append(chunk * 9.0)
        patience.wait_on(chunk)

    assert times[-1] > 100


def test_server_that_sends_no_more_pieces_is_given_up(patience, times):
    times.append(5.0)
    patience.wait_on(1)
    times.append(14.0)
    patience.wait_on(1)
    times.append(16.0)

    with pytest.raises(TransientFailure, match="no piece of its answer for 10 s"):
        patience.wait_on(1)
