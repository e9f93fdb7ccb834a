"""An upload in several requests as the API tells it."""

from triptych.client.records.base import Record


class PendingUpload(Record):
    """An upload: ``offset`` of its ``size_bytes`` are there; when all were taken, it is the file ``file_id``."""

    id: str
    name: str
    size_bytes: int
    offset: int
    expires_at: str
    file_id: str | None


class PendingUploadPage(Record):
    """Uploads, newest first; ``next`` is the cursor of the next page, None at the end."""

    items: list[PendingUpload]
    next: str | None
