"""An upload in several requests as the API tells it."""

from triptych.client.records.base import Record


class PendingUpload(Record):
    """An upload: ``offset`` of its ``size_bytes`` are there; when all were taken, it is the file ``file_id``.

    ``part_bytes`` is how large its parts are, where they go straight to where the API keeps files.
    """

    id: str
    name: str
    size_bytes: int
    offset: int
    expires_at: str
    file_id: str | None
    part_bytes: int | None


class PendingUploadPage(Record):
    """Uploads, newest first; ``next`` is the cursor of the next page, None at the end."""

    items: list[PendingUpload]
    next: str | None


class DirectUpload(Record):
    """An upload straight to where the API keeps files; ``url`` is None where it goes in parts."""

    id: str
    method: str
    url: str | None
    headers: dict[str, str]
    expires_at: str
    part_bytes: int | None
    part_count: int | None


class PartAddress(Record):
    """Where a part goes: ``size_bytes`` of the file from ``offset`` on."""

    number: int
    offset: int
    size_bytes: int
    method: str
    url: str
    headers: dict[str, str]


class PartAddresses(Record):
    """Where the next of the missing parts go, and how many bytes have come."""

    items: list[PartAddress]
    next: int | None
    sent_bytes: int
    expires_at: str
