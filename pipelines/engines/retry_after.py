"""When a server that has no time now wants to be asked again."""

import time
from collections.abc import Mapping
from datetime import UTC
from email.message import Message
from email.utils import parsedate_to_datetime

HEADER = "Retry-After"


def retry_after_s(headers: Mapping[str, str] | Message, now: float | None = None) -> float | None:
    """The seconds from ``now``, of the epoch, that an answer's ``Retry-After`` asks for; None where it asks for none.

    It is a number of seconds or a date (RFC 9110, section 10.2.3); what is neither, and what has passed, is none.
    """
    told = (headers.get(HEADER) or "").strip()
    if told.isascii() and told.isdecimal():
        return float(told[:9])  # 31 years: whoever waits has a bound of his own
    try:
        date = parsedate_to_datetime(told)
    except (ValueError, OverflowError):  # a time zone of trillions of hours
        return None
    at = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    left_s = at.timestamp() - (time.time() if now is None else now)
    return left_s if left_s > 0 else None
