"""Rules of retention as the API tells them."""

from triptych.client.records.base import Record


class RetentionRule(Record):
    """What goes by itself after so many days: ``jobs``, of one pipeline or of all, or ``files``, of one media type."""

    what: str
    days: int
    pipeline: str | None = None
    media: str | None = None


class Removal(Record):
    """How much goes by rules as things stand."""

    jobs: int
    files: int
    size_bytes: int


class Retention(Record):
    """The rules that hold for the caller, whether they are their own, and what goes by them next."""

    rules: list[RetentionRule]
    is_own: bool
    due: Removal
