"""Jobs as the API tells them, with their parts."""

from enum import StrEnum
from typing import Any

from triptych.client.records.base import Record


class JobState(StrEnum):
    """Where a job stands; the last three are final until somebody retries it."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Progress(Record):
    """How far a run is; ``fraction`` is in 0..1, None while that is unknown."""

    fraction: float | None
    note: str


class Input(Record):
    """A file the job works on."""

    file_id: str
    name: str
    media_type: str
    size_bytes: int
    url: str


class Output(Record):
    """A file the job made."""

    name: str
    media_type: str
    size_bytes: int
    url: str


class Children(Record):
    """How many jobs it asked for, and how many of them are finished."""

    total: int
    finished: int


class EngineUsed(Record):
    """Which engine and model made the result."""

    name: str
    model: str
    version: str = ""


class JobError(Record):
    """Why a job failed; ``code`` is stable."""

    code: str
    message: str


class Job(Record):
    """A job: what was asked, where it stands, and what came of it. Times are ISO 8601 in UTC."""

    id: str
    children: Children | None
    parent_id: str | None
    batch_id: str | None
    pipeline: str
    state: JobState
    lane: str
    priority: str
    position: int | None
    eta_s: float | None
    progress: Progress | None
    attempt: int
    time_limit_s: float
    not_before: str | None
    inputs: list[Input]
    params: dict[str, Any]
    result: dict[str, Any] | None
    outputs: list[Output]
    engine: EngineUsed | None
    warnings: list[str]
    error: JobError | None
    cached: bool
    created_at: str
    started_at: str | None
    finished_at: str | None

    @property
    def is_finished(self) -> bool:
        """Whether it is in a final state."""
        return self.finished_at is not None

    @property
    def has_succeeded(self) -> bool:
        """Whether its result is there."""
        return self.state is JobState.SUCCEEDED


class JobPage(Record):
    """Jobs, newest first; ``next`` is the cursor of the next page, None at the end."""

    items: list[Job]
    next: str | None


class Changed(Record):
    """How many of the selected jobs were changed; where there are ``more``, they come behind ``next``."""

    jobs: int
    more: bool
    next: str | None


class Part(Record):
    """A piece of the result, numbered from 1; what ``body`` holds depends on ``kind`` (see ``docs/api.md``)."""

    seq: int
    kind: str
    body: dict[str, Any]


class PartPage(Record):
    """Parts in order; ``next`` is the ``after`` of the next page, None when there are no more now."""

    items: list[Part]
    next: int | None


class Attempt(Record):
    """One run of a job; ``error`` says how it went wrong, if it did."""

    attempt: int
    worker: str
    started_at: str
    ended_at: str | None
    error: JobError | None


class AttemptList(Record):
    """A job's history, the first attempt first."""

    items: list[Attempt]
