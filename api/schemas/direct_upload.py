"""An upload straight to S3 as it is asked for and told."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

from api.schemas.requests import Asked
from api.schemas.worded import Worded
from triptych.pending.direct import Begun
from triptych.pending.parts import LEAST_PART_BYTES, MOST_PART_BYTES, MOST_PARTS, Window, part_count
from triptych.times import iso_time


class DirectRequest(Asked):
    """A file that is to go straight to S3."""

    name: str = Field("upload", description="The file's name.", examples=["talk.wav"])
    size_bytes: int = Field(ge=0, le=1 << 62, description="How many bytes it has.", examples=[1_073_741_824])
    sha256: Annotated[str, Worded(r"^[0-9a-f]{64}$", "a SHA-256 is 64 digits of 0-9 and a-f")] | None = Field(
        None,
        description="What its content hashes to, in hexadecimal, if that is known: what comes is held against it.",
        examples=["9f86d0" + 58 * "0"],
    )
    part_bytes: int | None = Field(
        None,
        ge=LEAST_PART_BYTES,
        le=MOST_PART_BYTES,
        description="Have it sent in parts of so many bytes, or more if there were over 10,000; null: by one PUT.",
        examples=[None],
    )


class DirectUpload(BaseModel):
    """Where to send the bytes, by this method and with these headers; then complete the upload."""

    id: str
    method: str = Field(examples=["PUT"])
    url: str | None = Field(
        description="Signed: whoever has it may send the bytes. Null: in parts, whose addresses are asked for.",
        examples=["https://s3.example.com/b/k?X-Amz-Signature=1"],
    )
    headers: dict[str, str] = Field(examples=[{"Content-Type": "application/octet-stream"}])
    expires_at: str = Field(description="Until when it is good.", examples=["2026-11-23T10:00:00.000Z"])
    part_bytes: int | None = Field(description="How large each part but the last is; null: there are none.")
    part_count: int | None = Field(description="How many there are.")

    @classmethod
    def of(cls, begun: Begun) -> Self:
        """Tell what was begun."""
        upload, address = begun.upload, begun.address
        return cls(
            id=upload.id,
            method="PUT",
            url=address.url if address else None,
            headers=dict(address.headers) if address else {},
            expires_at=iso_time(upload.expires_at),
            part_bytes=None if address else upload.part_bytes,
            part_count=None if address else part_count(upload),
        )


class PartsRequest(Asked):
    """Which of the missing parts are to be sent next."""

    after: int = Field(0, ge=0, le=MOST_PARTS, description="Those with greater numbers.")
    limit: int = Field(100, ge=1, le=1000)


class PartAddress(BaseModel):
    """Where to send a part: `size_bytes` of the content from `offset` on, by this method and with these headers."""

    number: int = Field(description="Counted from 1.", examples=[1])
    offset: int = Field(examples=[0])
    size_bytes: int = Field(examples=[67_108_864])
    method: str = Field(examples=["PUT"])
    url: str = Field(examples=["https://s3.example.com/b/k?partNumber=1&uploadId=u&X-Amz-Signature=1"])
    headers: dict[str, str] = Field(examples=[{"Content-Type": "application/octet-stream"}])


class PartAddresses(BaseModel):
    """Where the next of the missing parts are sent; none: all have come, and the upload can be completed."""

    items: list[PartAddress]
    next: int | None = Field(description="Ask with this `after` for more; null: no more are missing.")
    sent_bytes: int = Field(description="How many bytes have come.", examples=[0])
    expires_at: str = Field(description="Until when these are good.", examples=["2026-11-23T10:00:00.000Z"])

    @classmethod
    def of(cls, window: Window) -> Self:
        """Tell a window."""
        items = [
            PartAddress(
                number=part.number,
                offset=part.offset_bytes,
                size_bytes=part.size_bytes,
                method="PUT",
                url=address.url,
                headers=dict(address.headers),
            )
            for part, address in window.parts
        ]
        until = iso_time(window.upload.expires_at)
        return cls(items=items, next=window.after, sent_bytes=window.sent_bytes, expires_at=until)


class KnownContent(BaseModel):
    """A file of the caller's that has the same content: nothing need be sent."""

    file_id: str
