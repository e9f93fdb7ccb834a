"""Times: seconds since the Unix epoch inside, RFC 3339 in UTC outside."""

from datetime import UTC, datetime


def iso_time(seconds: float) -> str:
    """``seconds`` since the epoch as ``2026-11-22T10:00:00.000Z``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
