"""Files as the API tells them."""

from triptych.client.records.base import Record


class File(Record):
    """What somebody brought. ``media_type`` was sniffed from the content; ``url`` is where that is."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: str
    url: str


class FilePage(Record):
    """Files, newest first; ``next`` is the cursor of the next page, None at the end."""

    items: list[File]
    next: str | None


class FileText(Record):
    """What a document says: a page of a PDF, or the stretch of a text that begins at the character ``start``."""

    text: str
    start: int
    length: int | None
    page: int | None
    pages: int | None
    warnings: list[str]
