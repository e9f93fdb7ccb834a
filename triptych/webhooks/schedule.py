"""When a delivery that failed is tried again, and when a webhook is given up."""

from email.utils import parsedate_to_datetime
from random import Random

# Those that Standard Webhooks proposes: over a day and a bit, so that a receiver that broke down at night is mended.
DELAYS_S = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 36_000.0)
LONGEST_DELAY_S = max(DELAYS_S)  # that a receiver can ask for
JITTER = 0.1  # of a delay, either way: what failed together does not come back together

LONGEST_REST_S = 60.0  # of a webhook between two attempts, however many of its deliveries are due
LONGEST_ASKED_REST_S = 3600.0  # that a receiver can ask for

GIVE_UP_FAILURES = 16  # attempts in a row,
GIVE_UP_S = 2 * 86_400.0  # over as long as this
GONE = 410  # the receiver wants nothing more, ever


def next_delay_s(tries: int, retry_after_s: float | None, random: Random) -> float | None:
    """How long to wait behind that many tries, all in vain; None when there have been enough.

    A receiver that says when it is to be asked again is heeded where that is later, up to ``LONGEST_DELAY_S``.
    """
    if tries > len(DELAYS_S):
        return None
    delay_s = DELAYS_S[tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)
    return max(delay_s, min(retry_after_s or 0.0, LONGEST_DELAY_S))


def rest_s(failures: int, retry_after_s: float | None) -> float:
    """How long a webhook is left alone behind so many failures in a row: twice as long each time, from a second on.

    So a receiver that is away is not asked by each of thousands of deliveries, and is asked again soon when it is back.
    """
    rest = min(2.0 ** min(failures - 1, 10), LONGEST_REST_S)
    return max(rest, min(retry_after_s or 0.0, LONGEST_ASKED_REST_S))


def retry_after_s(header: str | None, now: float) -> float | None:
    """The header Retry-After in seconds from ``now``: it is a number of them or a date (RFC 9110, 10.2.3)."""
    if header is None:
        return None
    if header.strip().isdecimal() and header.isascii():
        return float(header)
    try:
        return max(parsedate_to_datetime(header).timestamp() - now, 0.0)
    except (ValueError, OverflowError):
        return None


def is_hopeless(failures: int, failing_since: float, now: float) -> bool:
    """Whether a webhook is disabled that so many attempts in a row could not reach, the first of them at that time."""
    return failures >= GIVE_UP_FAILURES and now - failing_since >= GIVE_UP_S
