"""The messages of the socket and of SSE, one type each, told apart by ``type``."""

from typing import Any, Literal

from pydantic import BaseModel, Field, RootModel

from api.schemas.batch import LineCounts
from api.schemas.job import JobError
from api.schemas.problem import Problem
from pipelines.contract import PartKind
from triptych.batches.states import BatchState
from triptych.jobs.states import JobState


class Hello(BaseModel):
    """The first message: what follows comes after `id`."""

    type: Literal["hello"]
    id: str


class Resync(BaseModel):
    """Events were lost: refetch what is shown; what follows comes after `id`."""

    type: Literal["resync"]
    id: str


class Refusal(BaseModel):
    """The last message: why nothing more is told or taken. What had come of a recording stays."""

    type: Literal["refused"]
    problem: Problem


class _OfJob(BaseModel):
    id: str
    job_id: str
    parent_id: str | None = Field(None, description="The job that asked for this one; told of children alone.")
    pipeline: str
    at: str


class Queued(BaseModel):
    """Where the job stands, when that is known; `not_before` is when a failed attempt is followed by another."""

    position: int | None
    eta_s: float | None
    attempt: int
    not_before: str | None


class Started(BaseModel):
    """Which attempt runs, and where."""

    attempt: int
    worker: str


class Progressed(BaseModel):
    """How far it is; `fraction` null while unknown."""

    fraction: float | None
    note: str
    attempt: int


class Shown(BaseModel):
    """What may become the next part: it replaces the one told before, and is replaced by that part."""

    kind: PartKind
    body: dict[str, Any]
    attempt: int


class PartMade(BaseModel):
    """The part."""

    seq: int
    kind: PartKind
    body: dict[str, Any]
    attempt: int


class OutputKept(BaseModel):
    """The output."""

    name: str
    media_type: str
    size_bytes: int
    url: str
    attempt: int


class Finished(BaseModel):
    """How it ended, and what is to be known of its result."""

    state: JobState
    error: JobError | None
    warnings: list[str]
    cached: bool
    attempt: int


class Nothing(BaseModel):
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
    """Something is becoming a part; it is stored nowhere, and told again when it has become more."""

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


class JobEvent(
    RootModel[JobQueued | JobStarted | JobProgress | JobPartial | JobPart | JobOutput | JobFinished | JobDeleted],
):
    """Something that happened to a job."""

    root: JobQueued | JobStarted | JobProgress | JobPartial | JobPart | JobOutput | JobFinished | JobDeleted = Field(
        json_schema_extra={"description": "Told apart by `type`."}
    )


class _OfBatch(BaseModel):
    id: str
    batch_id: str
    at: str


class BatchGotOn(BaseModel):
    """Where the batch stands."""

    state: BatchState
    lines: LineCounts
    eta_s: float | None


class BatchEnded(BaseModel):
    """How the batch ended; `error` says why, unless it finished or its owner cancelled it."""

    state: BatchState
    lines: LineCounts
    error: JobError | None


class BatchProgress(_OfBatch):
    """The batch is in another state, or its lines got on: told at most twice a second."""

    type: Literal["batch.progress"]
    data: BatchGotOn


class BatchFinished(_OfBatch):
    """The batch has ended."""

    type: Literal["batch.finished"]
    data: BatchEnded


class BatchEvent(RootModel[BatchProgress | BatchFinished]):
    """Something that happened to a batch."""

    root: BatchProgress | BatchFinished = Field(json_schema_extra={"description": "Told apart by `type`."})


class Message(RootModel[Hello | Resync | Refusal | JobEvent | BatchEvent]):
    """Anything the socket says."""
