"""A file as it is told."""

from typing import Self

from pydantic import BaseModel, Field

from triptych import files
from triptych.jobs.told import content_url
from triptych.times import iso_time


class File(BaseModel):
    """What somebody brought. `media_type` was sniffed from the content; `name` is the sender's."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: str
    url: str = Field(description="Where its content is.")

    @classmethod
    def of(cls, file: files.File) -> Self:
        """Tell ``file``."""
        return cls(
            id=file.id,
            name=file.name,
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            created_at=iso_time(file.created_at),
            url=content_url(file.id),
        )


class FileText(BaseModel):
    """What a document says: a page of a PDF, or a stretch of a text. Offsets count the characters of the whole."""

    text: str
    start: int = Field(description="The character of the whole that it begins at, as places count them.")
    length: int | None = Field(description="Characters of the whole; null of a PDF, of which one page was read.")
    page: int | None = Field(description="From 1; null of a text, which has none.")
    pages: int | None = Field(description="How many there are.")
    warnings: list[str] = Field(description="Where characters had to be guessed.")


class FilePage(BaseModel):
    """Files, newest first; `next` is the cursor of the next page, null at the end."""

    items: list[File]
    next: str | None
