"""Who takes which recording."""

from api.relay.holders import Holders


def test_connection_counts_before_it_holds_a_recording_and_no_longer_than_it_is_there() -> None:
    holders = Holders()

    with holders.connected(), holders.connected():
        during = len(holders)

    assert (during, len(holders)) == (2, 0)
