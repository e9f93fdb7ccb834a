"""The lines of an archive, one model for each kind. Times are seconds since the epoch."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipelines.contract import Lane, PartKind
from pipelines.house import MemoryKind, Modality, SpaceKind
from triptych.chat.values import Role, TitleBy
from triptych.jobs.remembering import INDEX, INDEX_CHILD
from triptych.jobs.states import JobState
from triptych.jobs.submission import LONGEST_S
from triptych.memory.archive import shapes
from triptych.memory.marks import MAX_NAME_CHARACTERS, MAX_TAGS
from triptych.names import plain_name

MOST_RUNS = 1_000_000  # of a job: each further run counts up from here
MOST_OF_A_JOB = 10_000  # inputs or outputs
MOST_FILES = 1000  # of a message
LAST_TIME = 253_370_764_800  # the year 9999: what calendars tell ends with it


def _plain(name: str) -> str:
    if not name or plain_name(name) != name:
        raise ValueError("no file has such a name: it is empty, a path, or has characters that cannot be seen")
    return name


Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Time = Annotated[float, Field(ge=0, lt=LAST_TIME, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Runs = Annotated[int, Field(ge=0, le=MOST_RUNS)]
Size = Annotated[int, Field(ge=0, le=2**50)]
PipelineName = Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_.-]+$")]
MediaType = Annotated[str, Field(max_length=255, pattern=r"^[A-Za-z0-9.+_-]+/[A-Za-z0-9.+_-]+$")]
FileName = Annotated[str, Field(max_length=1000), AfterValidator(_plain)]
OutputName = Annotated[str, Field(max_length=255), AfterValidator(_plain)]
Short = Annotated[str, Field(max_length=64)]
Name = Annotated[str, Field(max_length=255)]
Json: TypeAlias = dict[str, Any]  # Any: JSON


class Record(BaseModel):
    """Base of all lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileRecord(Record):
    """A file; its bytes are among the contents."""

    id: Id
    name: FileName
    media_type: MediaType
    size_bytes: Size
    sha256: Hash
    created_at: Time


class OutputRecord(Record):
    """A file that a job made; its bytes are among the contents."""

    name: OutputName
    media_type: MediaType
    size_bytes: Size
    sha256: Hash


class JobRecord(Record):
    """A finished job as it stood, with the files it worked on and what its last attempt made."""

    id: Id
    pipeline: PipelineName
    lane: Lane
    priority: Annotated[int, Field(ge=0, le=1)]
    params: Json
    state: Literal[JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED]
    attempt: Runs
    time_limit_s: Annotated[float, Field(gt=0, le=LONGEST_S, allow_inf_nan=False)]
    created_at: Time
    queued_at: Time
    started_at: Time | None
    finished_at: Time
    result: Json | None
    engine: Annotated[Json, AfterValidator(shapes.shaped(shapes.Engine))] | None
    warnings: list[str]
    error: Annotated[Json, AfterValidator(shapes.shaped(shapes.Error))] | None
    parent_id: Id | None
    child: Annotated[int, Field(ge=-(2**15), le=2**15 - 1)] | None
    remember: bool
    inputs: Annotated[list[Id], Field(max_length=MOST_OF_A_JOB)]
    outputs: Annotated[list[OutputRecord], Field(max_length=MOST_OF_A_JOB)]

    @model_validator(mode="after")
    def _may_be(self) -> Self:
        """A job that has run and ended, and whose family is as the house makes families."""
        if self.attempt == 0 and self.state is not JobState.CANCELLED:
            raise ValueError(f"a job that never ran has not {self.state}")
        if self.started_at is None and self.state is JobState.SUCCEEDED:
            raise ValueError("a job that succeeded has a started_at")
        if (self.parent_id is None) != (self.child is None):
            raise ValueError("a job that another asked for has parent_id and child, and any other neither")
        if self.child is not None and (self.child == INDEX_CHILD) != (self.pipeline == INDEX):
            raise ValueError(f"a job is followed by {INDEX} as its child {INDEX_CHILD}, and by nothing else")
        if self.child == INDEX_CHILD and self.params != {"job": self.parent_id}:
            raise ValueError(f"{INDEX} remembers the job that it follows, which its params name")
        return self


class PartRecord(Record):
    """A part of a job's last attempt."""

    job_id: Id
    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]
    kind: PartKind
    body: Json

    @model_validator(mode="after")
    def _holds_what_its_kind_does(self) -> Self:
        shapes.check(shapes.PARTS[self.kind], self.body, "body")
        return self


class CollectionRecord(Record):
    """A collection."""

    id: Id
    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARACTERS)]
    created_at: Time


class SourceRecord(Record):
    """Where memories come from, with its tags and the collections that it is in."""

    id: Id
    file_id: Id | None
    job_id: Id | None
    title: Annotated[str, Field(max_length=1000)]  # a file's name may be one
    media_type: MediaType
    created_at: Time
    tags: Annotated[list[Short], Field(max_length=MAX_TAGS)]
    collections: list[Id]


class MakerRecord(Record):
    """A job that made a memory, and which attempt of the job that indexed it wrote that."""

    job_id: Id
    attempt: Runs


class MemoryRecord(Record):
    """A memory or a note. ``source`` is the id of its source."""

    id: Id
    source: Id
    kind: MemoryKind
    modality: Modality
    language: Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z-]*$")]
    text: str
    place: Json
    position: Number
    created_at: Time
    pinned_at: Time | None
    makers: list[MakerRecord]

    @model_validator(mode="after")
    def _stands_where_its_kind_does(self) -> Self:
        shapes.check_place(self.kind, self.place)
        return self


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
    name: FileName
    media_type: MediaType


class ConversationRecord(Record):
    """A conversation; its messages follow in an entry of their own."""

    id: Id
    title: Annotated[str, Field(max_length=1000)]
    title_by: TitleBy
    settings: Annotated[Json, AfterValidator(shapes.shaped(shapes.Settings))]
    summary: str
    summary_upto: Id | None
    created_at: Time
    updated_at: Time


class MessageRecord(Record):
    """A message, behind the one that it follows."""

    id: Id
    conversation_id: Id
    parent_id: Id | None
    role: Role
    text: str
    job_id: Id | None
    citations: list[Json]
    body: Json
    created_at: Time
    files: Annotated[list[MessageFileRecord], Field(max_length=MOST_FILES)]

    @model_validator(mode="after")
    def _is_a_question_or_a_whole_reply(self) -> Self:
        for citation in self.citations:
            shapes.check_citation(citation)
        if self.role is Role.ASSISTANT:
            shapes.check(shapes.Reply, self.body, "body")
        if (self.role is Role.ASSISTANT) and self.parent_id is None:
            raise ValueError("a reply has a parent_id, which names its question")
        if self.role is Role.USER and (self.citations or self.body or self.job_id):
            raise ValueError("a question has neither citations, nor a body, nor a job that writes it")
        return self


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
