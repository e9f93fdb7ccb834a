"""`make test` leaves out what this machine cannot run, and only that."""

from scripts.tiers import selections


def test_what_wants_the_machine_for_itself_runs_alone_and_the_rest_beside_others() -> None:
    beside, alone = selections(browser=True)

    assert beside == "not gpu and not chaos and not stack and not browser"
    assert alone == "not gpu and (chaos or stack or browser)"


def test_the_browser_tier_is_left_out_where_no_browser_is() -> None:
    beside, alone = selections(browser=False)

    assert beside == "not gpu and not chaos and not stack and not browser"
    assert alone == "not gpu and (chaos or stack)"
