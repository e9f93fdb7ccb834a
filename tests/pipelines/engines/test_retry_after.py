"""What a server's `Retry-After` asks for."""

import pytest

from pipelines.engines.retry_after import retry_after_s

NOW = 1_795_773_600.0  # Fri, 27 Nov 2026 10:00:00 GMT


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Fri, 27 Nov 2026 10:01:30 GMT", 90.0),
        ("Fri, 27 Nov 2026 09:00:00 GMT", None),
        ("Wed, 21 Oct 2027 07:28:00 +99999999999999", None),
        ("soon", None),
        ("-5", None),
        ("\u00b2", None),
        ("", None),
    ],
)
def test_seconds_and_dates_are_understood_and_nothing_else(told: str, seconds: float | None) -> None:
    assert retry_after_s({"Retry-After": told}, NOW) == seconds


def test_answer_without_it_asks_for_nothing() -> None:
    assert retry_after_s({}, NOW) is None
