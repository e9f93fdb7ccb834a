"""API keys as the API tells them."""

from triptych.client.records.base import Record


class Key(Record):
    """A key, without what it is; ``prefix`` is how it begins."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: str
    last_used_at: str | None
    expires_at: str | None


class KeyList(Record):
    """The caller's keys, newest first."""

    items: list[Key]


class NewKey(Key):
    """A key that was just made: ``key`` is what it is, told this once."""

    key: str
