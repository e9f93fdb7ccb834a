"""An upload in several requests as it is told."""

from typing import Self

from pydantic import BaseModel, Field

from triptych.pending.uploads import Pending
from triptych.times import iso_time


class PendingUpload(BaseModel):
    """An upload in several requests. Once it is whole and was taken it is the file `file_id`."""

    id: str
    name: str
    size_bytes: int = Field(description="How many bytes it is going to have.", examples=[1_073_741_824])
    offset: int = Field(
        description="How many of them are on the disk: the next request goes on there. Of parts: how many had come.",
        examples=[0],
    )
    expires_at: str = Field(
        description="Until when it waits for its next request.", examples=["2026-11-23T10:00:00.000Z"]
    )
    file_id: str | None = Field(description="What became of it; null as long as it is not whole.")
    part_bytes: int | None = Field(
        description="How large its parts are, if it goes straight to S3 in parts: `POST /uploads/{id}/parts` goes on."
    )

    @classmethod
    def of(cls, upload: Pending) -> Self:
        """Tell ``upload``."""
        return cls(
            id=upload.id,
            name=upload.name,
            size_bytes=upload.size_bytes,
            offset=upload.offset_bytes,
            expires_at=iso_time(upload.expires_at),
            file_id=upload.file_id,
            part_bytes=None if upload.multipart is None else upload.part_bytes,
        )


class PendingUploadPage(BaseModel):
    """Uploads, newest first; `next` is the cursor of the next page, null at the end."""

    items: list[PendingUpload]
    next: str | None
