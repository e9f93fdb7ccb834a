"""`make test` leaves out what this machine cannot run, and only that."""

from scripts.tiers import selection


def test_the_browser_tier_runs_where_a_browser_is() -> None:
    assert selection(browser=True) == "not gpu"


def test_the_browser_tier_is_left_out_where_none_is() -> None:
    assert selection(browser=False) == "not gpu and not browser"
