"""What a job's stream of events tells, one type each, told apart by ``type``."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from triptych.client.records.base import Record
from triptych.client.records.job import JobError, JobState


class Resync(Record):
    """Events were lost: look at the job itself; what follows comes after ``id``."""

    type: Literal["resync"]
    id: str


class _OfJob(Record):
    id: str
    job_id: str
    parent_id: str | None = None
    pipeline: str
    at: str


class Queued(Record):
    """Where the job stands, when that is known; ``not_before`` is when a failed attempt is followed by another."""

    position: int | None
    eta_s: float | None
    attempt: int
    not_before: str | None


class Started(Record):
    """Which attempt runs, and where."""

    attempt: int
    worker: str


class Progressed(Record):
    """How far it is; ``fraction`` None while unknown."""

    fraction: float | None
    note: str
    attempt: int


class Shown(Record):
    """What may become the next part: it replaces the one told before, and is replaced by that part."""

    kind: str
    body: dict[str, Any]
    attempt: int


class PartMade(Record):
    """The part."""

    seq: int
    kind: str
    body: dict[str, Any]
    attempt: int


class OutputKept(Record):
    """The output."""

    name: str
    media_type: str
    size_bytes: int
    url: str
    attempt: int


class Finished(Record):
    """How it ended, and what is to be known of its result."""

    state: JobState
    error: JobError | None
    warnings: list[str]
    cached: bool
    attempt: int


class Nothing(Record):
    """Nothing more to say."""


class JobQueued(_OfJob):
    """The job waits: for the first time, or again."""

    type: Literal["job.queued"]
    data: Queued


class JobStarted(_OfJob):
    """A worker has the job; parts and progress of earlier attempts are void."""

    type: Literal["job.started"]
    data: Started


class JobProgress(_OfJob):
    """The run got on."""

    type: Literal["job.progress"]
    data: Progressed


class JobPartial(_OfJob):
    """Something is becoming a part."""

    type: Literal["job.partial"]
    data: Shown


class JobPart(_OfJob):
    """A piece of the result is there."""

    type: Literal["job.part"]
    data: PartMade


class JobOutput(_OfJob):
    """A file of the result is there."""

    type: Literal["job.output"]
    data: OutputKept


class JobFinished(_OfJob):
    """The job is in a final state."""

    type: Literal["job.finished"]
    data: Finished


class JobDeleted(_OfJob):
    """The job and everything it made are gone."""

    type: Literal["job.deleted"]
    data: Nothing


Event = Annotated[
    Resync | JobQueued | JobStarted | JobProgress | JobPartial | JobPart | JobOutput | JobFinished | JobDeleted,
    Field(discriminator="type"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
KNOWN = frozenset(
    {
        "resync",
        "job.queued",
        "job.started",
        "job.progress",
        "job.partial",
        "job.part",
        "job.output",
        "job.finished",
        "job.deleted",
    }
)
"""What this client understands; a newer API may tell more, which is passed over."""
