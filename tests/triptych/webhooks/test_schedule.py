"""When what failed is tried again: later each time, never all at once, and as the receiver asks, within bounds."""

from random import Random

import pytest

from triptych.webhooks.schedule import (
    DELAYS_S,
    GIVE_UP_FAILURES,
    GIVE_UP_S,
    JITTER,
    is_hopeless,
    next_delay_s,
    rest_s,
    retry_after_s,
)

NOW = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC


@pytest.mark.parametrize("tries", range(1, len(DELAYS_S) + 1))
def test_each_failure_waits_its_delay_give_or_take_a_tenth(tries: int) -> None:
    chance = Random(7)

    delays = [next_delay_s(tries, None, chance) or 0.0 for _ in range(50)]

    assert len(set(delays)) > 1
    assert all(abs(delay / DELAYS_S[tries - 1] - 1) <= JITTER for delay in delays)


def test_there_is_an_end_to_it_after_more_than_a_day() -> None:
    assert next_delay_s(len(DELAYS_S) + 1, None, Random(7)) is None
    assert sum(DELAYS_S) * (1 - JITTER) > 24 * 3600


@pytest.mark.parametrize(("asked_s", "waited_s"), [(0.0, 5.0), (60.0, 60.0), (10**9, max(DELAYS_S))])
def test_a_receiver_is_left_alone_for_as_long_as_it_asks_within_bounds(asked_s: float, waited_s: float) -> None:
    delay = next_delay_s(1, asked_s, Random(7))

    assert delay == pytest.approx(waited_s, rel=JITTER)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Fri, 15 Jan 2027 08:02:00 GMT", 120.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("9" * 5000, float("inf")),
        ("-5", None),
        ("soon", None),
        ("\u0663", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds


@pytest.mark.parametrize(
    ("failures", "asked_s", "rest"),
    [(1, None, 1.0), (2, None, 2.0), (7, None, 60.0), (10_000, None, 60.0), (1, 600.0, 600.0), (1, 86_400.0, 3600.0)],
)
def test_a_webhook_rests_longer_with_each_failure(failures: int, asked_s: float | None, rest: float) -> None:
    assert rest_s(failures, asked_s) == rest


def test_a_webhook_is_hopeless_after_many_failures_over_a_long_time() -> None:
    long_ago, lately = NOW - GIVE_UP_S, NOW - GIVE_UP_S + 1

    assert is_hopeless(GIVE_UP_FAILURES, long_ago, NOW)
    assert not is_hopeless(GIVE_UP_FAILURES - 1, long_ago, NOW)
    assert not is_hopeless(GIVE_UP_FAILURES, lately, NOW)
