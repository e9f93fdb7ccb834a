"""`make test` leaves out what this machine cannot run, and only that."""

import sys
from itertools import product

import pytest

from scripts.tiers import selections, side_by_side

MARKS = ("gpu", "chaos", "stack", "browser")


def times_run(marks: dict[str, bool], *, browser: bool) -> int:
    """In how many of the selections a test with these marks is; pytest's expressions are Python's."""
    shared, waiting = selections(browser=browser)
    return sum(eval(expression, {}, marks) for expression in (shared, *waiting))


@pytest.mark.parametrize("browser", [True, False])
def test_every_test_that_can_run_here_runs_once(browser: bool) -> None:
    for marks in (dict(zip(MARKS, chosen, strict=True)) for chosen in product([True, False], repeat=len(MARKS))):
        can_run = not marks["gpu"] and (browser or not marks["browser"])
        assert times_run(marks, browser=browser) == can_run, marks


def test_what_kills_things_what_starts_whole_stacks_and_the_browser_run_with_no_other() -> None:
    shared, waiting = selections(browser=True)

    alone = [
        {mark for mark in MARKS if eval(expression, {}, {**dict.fromkeys(MARKS, False), mark: True})}
        for expression in (shared, *waiting)
    ]

    assert alone == [set(), {"chaos"}, {"stack"}, {"browser"}]


def test_what_runs_side_by_side_is_told_one_behind_the_other(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    shown, *told_later = ((sys.executable, "-c", f"print({n}); raise SystemExit({n})") for n in (2, 3, 4))

    assert side_by_side(shown, *told_later) == [2, 3, 4]
    assert capfdbinary.readouterr().out == b"2\n3\n4\n"
