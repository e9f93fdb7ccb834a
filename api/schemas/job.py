"""A job as it is told, with its parts."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, Field

from pipelines.contract import Lane, PartKind
from triptych.jobs import job as jobs
from triptych.jobs.states import JobState, Priority
from triptych.jobs.told import job_told
from triptych.times import iso_time


class Progress(BaseModel):
    """How far a run is; `fraction` is in 0..1, null while that is unknown."""

    fraction: float | None
    note: str


class Input(BaseModel):
    """A file the job works on."""

    file_id: str
    name: str
    media_type: str
    size_bytes: int
    url: str


class Output(BaseModel):
    """A file the job made; its media type picks the viewer."""

    name: str
    media_type: str
    size_bytes: int
    url: str


class Children(BaseModel):
    """How many jobs it asked for, and how many of them are finished."""

    total: int
    finished: int


class EngineUsed(BaseModel):
    """Which engine and model made the result."""

    name: str
    model: str
    version: str = ""


class JobError(BaseModel):
    """Why a job failed; `code` is stable."""

    code: str
    message: str


class Job(BaseModel):
    """A job: what was asked, where it stands, and what came of it."""

    id: str
    children: Children | None = Field(description="The jobs that it asked for and waits for; null in lists.")
    parent_id: str | None = Field(description="The job that asked for this one; null where its owner did.")
    batch_id: str | None = Field(description="The batch that it is of; null where it was asked for by itself.")
    pipeline: str
    state: JobState
    lane: Lane
    priority: Priority
    position: int | None = Field(description="Place in the queue from 1; null unless queued, and in lists.")
    eta_s: float | None = Field(description="Seconds until it should be finished; null while unknown.")
    progress: Progress | None = Field(
        description="Null before the start; of a job that is queued again the note says what it waits for."
    )
    attempt: int
    time_limit_s: float = Field(description="Seconds that one attempt may take.")
    not_before: str | None = Field(description="When it is tried again after a failure that may pass; else null.")
    inputs: list[Input]
    params: dict[str, Any] = Field(description="As the pipeline's `params_schema` says, defaults filled in.")
    result: dict[str, Any] | None
    outputs: list[Output]
    engine: EngineUsed | None
    warnings: list[str]
    error: JobError | None
    cached: bool = Field(description="Whether the result of the same work, done before, served again.")
    created_at: str
    started_at: str | None
    finished_at: str | None

    @classmethod
    def of(cls, job: jobs.Job) -> Self:
        """Tell ``job``."""
        return cls.model_validate(job_told(job))


class JobPage(BaseModel):
    """Jobs, newest first; `next` is the cursor of the next page, null at the end."""

    items: list[Job]
    next: str | None


class Changed(BaseModel):
    """How many of the selected jobs were changed, and whether there are `more`; they come behind `next`."""

    jobs: int
    more: bool
    next: str | None


class Part(BaseModel):
    """A piece of the result, numbered from 1; what `body` holds depends on `kind` (see docs/api.md)."""

    seq: int
    kind: PartKind
    body: dict[str, Any]

    @classmethod
    def of(cls, part: jobs.StoredPart) -> Self:
        """Tell ``part``."""
        return cls(seq=part.seq, kind=PartKind(part.kind), body=dict(part.body))


class PartPage(BaseModel):
    """Parts in order; `next` is the `after` of the next page, null when there are no more now."""

    follow_by: ClassVar[str] = "after"

    items: list[Part]
    next: int | None


class Attempt(BaseModel):
    """One run of a job; `error` says how it went wrong, if it did, a run that was repeated included."""

    attempt: int
    worker: str
    started_at: str
    ended_at: str | None
    error: JobError | None

    @classmethod
    def of(cls, attempt: jobs.Attempt) -> Self:
        """Tell ``attempt``."""
        return cls(
            attempt=attempt.attempt,
            worker=attempt.worker,
            started_at=iso_time(attempt.started_at),
            ended_at=_time(attempt.ended_at),
            error=None if attempt.error is None else JobError.model_validate(attempt.error),
        )


class AttemptList(BaseModel):
    """A job's history, the first attempt first."""

    items: list[Attempt]


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else iso_time(seconds)
