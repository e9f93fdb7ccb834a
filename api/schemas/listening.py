"""The messages of a live recording's socket: what the client asks, and what it is told beside the job's events."""

from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel

from api.schemas.events import Hello, JobEvent, Refusal, Resync


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ListenStart(_Asked):
    """Begin a recording."""

    type: Literal["start"]
    name: str | None = Field(None, description="What its file is to be called.")
    params: dict[str, Any] = Field(default_factory=dict, description="Of the pipeline `audio.listen`.")


class ListenResume(_Asked):
    """Go on with a recording whose connection broke; `after` is the last event id that was seen."""

    type: Literal["resume"]
    job_id: UUID
    after: str | None = None


class ListenStop(_Asked):
    """Nothing more comes."""

    type: Literal["stop"]


class ListenRequest(RootModel[ListenStart | ListenResume | ListenStop]):
    """A text that the client sends; whatever else it sends is sound."""

    root: ListenStart | ListenResume | ListenStop = Field(
        json_schema_extra={"description": "Told apart by `type`; `start` or `resume` comes first, and once."}
    )


class Ending(StrEnum):
    """Why a recording ended."""

    STOPPED = "stopped"
    SILENT = "silent"  # not a byte came for a minute
    TOO_LONG = "too_long"
    CANCELLED = "cancelled"  # its job, which its owner may also have deleted
    QUOTA = "quota_exceeded"
    NO_DISK = "no_disk"
    DISMISSED = "dismissed"  # who recorded: signed out, their key gone, disabled, or made a viewer


class ListenStarted(BaseModel):
    """The recording goes on behind its first `received_bytes`."""

    type: Literal["started"]
    job_id: str
    file_id: str
    received_bytes: int


class ListenReceived(BaseModel):
    """So many bytes of the recording are on the disk, and survive whatever dies."""

    type: Literal["received"]
    received_bytes: int


class ListenKept(BaseModel):
    """The recording has ended and is a file from now on."""

    type: Literal["kept"]
    file_id: str
    received_bytes: int
    reason: Ending


class ListenMessage(RootModel[ListenStarted | ListenReceived | ListenKept | Refusal | Hello | Resync | JobEvent]):
    """Anything that the socket of a live recording says."""
