"""The lines of an archive, one model for each kind. Times are seconds since the epoch."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipelines.house import MemoryKind, Modality, SpaceKind
from triptych.jobs.states import JobState

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Time = Annotated[float, Field(ge=0, le=2**40, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Size = Annotated[int, Field(ge=0, le=2**62)]
Short = Annotated[str, Field(max_length=64)]
Name = Annotated[str, Field(max_length=255)]
Json = dict[str, Any]  # Any: JSON


class Record(BaseModel):
    """Base of all lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileRecord(Record):
    """A file; its bytes are among the contents."""

    id: Id
    name: Name
    media_type: Name
    size_bytes: Size
    sha256: Hash
    created_at: Time


class OutputRecord(Record):
    """A file that a job made; its bytes are among the contents."""

    name: Name
    media_type: Name
    size_bytes: Size
    sha256: Hash


class JobRecord(Record):
    """A finished job as it stood, with the files it worked on and what its last attempt made."""

    id: Id
    pipeline: Short
    lane: Annotated[str, Field(max_length=16)]
    priority: Annotated[int, Field(ge=0, le=1)]
    params: Json
    state: Literal[JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED]
    attempt: Count
    time_limit_s: Annotated[float, Field(gt=0, le=2**31, allow_inf_nan=False)]
    created_at: Time
    queued_at: Time
    started_at: Time | None
    finished_at: Time
    result: Json | None
    engine: Json | None
    warnings: list[str]
    error: Json | None
    parent_id: Id | None
    child: Annotated[int, Field(ge=-(2**15), le=2**15 - 1)] | None
    remember: bool
    inputs: list[Id]
    outputs: list[OutputRecord]


class PartRecord(Record):
    """A part of a job's last attempt."""

    job_id: Id
    seq: Count
    kind: Annotated[str, Field(max_length=16)]
    body: Json


class CollectionRecord(Record):
    """A collection."""

    id: Id
    name: Annotated[str, Field(min_length=1, max_length=128)]
    created_at: Time


class SourceRecord(Record):
    """Where memories come from, with its tags and the collections that it is in."""

    id: Id
    file_id: Id | None
    job_id: Id | None
    title: str
    media_type: Name
    created_at: Time
    tags: list[Short]
    collections: list[Id]


class MakerRecord(Record):
    """A job that made a memory, and which attempt of the job that indexed it wrote that."""

    job_id: Id
    attempt: Count


class MemoryRecord(Record):
    """A memory or a note. ``source`` is the id of its source."""

    id: Id
    source: Id
    kind: MemoryKind
    modality: Modality
    language: Annotated[str, Field(max_length=16)]
    text: str
    place: Json
    position: Number
    created_at: Time
    pinned_at: Time | None
    makers: list[MakerRecord]


class VectorRecord(Record):
    """A memory's vector of length 1 in the space of a model: float32, little-endian, in base64."""

    memory: Id
    kind: SpaceKind
    model: Name
    dimensions: Annotated[int, Field(ge=1, le=2**15 - 1)]
    is_joint: bool
    values: str


class MessageFileRecord(Record):
    """A file that is attached to a message; without an id where it was deleted."""

    file_id: Id | None
    name: str
    media_type: Name


class ConversationRecord(Record):
    """A conversation; its messages follow in an entry of their own."""

    id: Id
    title: str
    title_by: Annotated[str, Field(max_length=8)]
    settings: Json
    summary: str
    summary_upto: Id | None
    created_at: Time
    updated_at: Time


class MessageRecord(Record):
    """A message, behind the one that it follows."""

    id: Id
    conversation_id: Id
    parent_id: Id | None
    role: Annotated[str, Field(max_length=16)]
    text: str
    job_id: Id | None
    citations: list[Json]
    body: Json
    created_at: Time
    files: list[MessageFileRecord]


# In the order in which they are written and read: a line refers to those of entries before it, or of its own.
LINES: Mapping[str, type[Record]] = {
    "files.jsonl": FileRecord,
    "jobs.jsonl": JobRecord,
    "parts.jsonl": PartRecord,
    "collections.jsonl": CollectionRecord,
    "sources.jsonl": SourceRecord,
    "memories.jsonl": MemoryRecord,
    "vectors.jsonl": VectorRecord,
    "conversations.jsonl": ConversationRecord,
    "messages.jsonl": MessageRecord,
}
