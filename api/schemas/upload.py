"""An upload in several requests as it is told."""

from typing import Self

from pydantic import BaseModel, Field

from api.schemas.requests import Asked
from triptych.pending.uploads import Pending
from triptych.times import iso_time


class PendingUpload(BaseModel):
    """An upload in several requests. Once it is whole and was taken it is the file `file_id`."""

    id: str
    name: str
    size_bytes: int = Field(description="How many bytes it is going to have.", examples=[1_073_741_824])
    offset: int = Field(description="How many of them are on the disk: the next request goes on there.", examples=[0])
    expires_at: str = Field(
        description="Until when it waits for its next request.", examples=["2026-11-23T10:00:00.000Z"]
    )
    file_id: str | None = Field(description="What became of it; null as long as it is not whole.")

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
        )


class DirectRequest(Asked):
    """A file that is to go straight to S3."""

    name: str = Field("upload", description="The file's name.", examples=["talk.wav"])
    size_bytes: int = Field(ge=0, le=1 << 62, description="How many bytes it has.", examples=[1_073_741_824])
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="What its content hashes to, in hexadecimal.",
        examples=["9f86d0" + 58 * "0"],
    )


class DirectUpload(BaseModel):
    """Where to send the bytes, by this method and with these headers; then complete the upload."""

    id: str
    method: str = Field(examples=["PUT"])
    url: str = Field(
        description="Signed: whoever has it may send the bytes.",
        examples=["https://s3.example.com/b/k?X-Amz-Signature=1"],
    )
    headers: dict[str, str] = Field(examples=[{"Content-Type": "application/octet-stream"}])
    expires_at: str = Field(description="Until when it is good.", examples=["2026-11-23T10:00:00.000Z"])


class KnownContent(BaseModel):
    """A file of the caller's that has the same content: nothing need be sent."""

    file_id: str


class PendingUploadPage(BaseModel):
    """Uploads, newest first; `next` is the cursor of the next page, null at the end."""

    items: list[PendingUpload]
    next: str | None
