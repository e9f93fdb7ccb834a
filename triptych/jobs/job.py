"""A job as it is told: frozen values, no columns that only the house needs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from sqlalchemy import Row

from triptych.blobs import Blob
from triptych.files import File
from triptych.jobs.states import FINAL, JobState, Priority


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """An output that is in the blob store."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str

    @property
    def blob(self) -> Blob:
        """The content."""
        return Blob(self.sha256, self.size_bytes)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part with its number within the job, from 1."""

    seq: int
    kind: str
    body: Mapping[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a job: who, from when to when, and how it went wrong if it did."""

    attempt: int
    worker: str
    started_at: float
    ended_at: float | None
    error: Mapping[str, Any] | None  # Any: JSON


@dataclass(frozen=True, slots=True)
class Place:
    """Where a queued job stands: ``position`` counts from 1; ``eta_s`` is the seconds until it should be finished."""

    position: int
    eta_s: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many jobs a job asked for and waits for, and how many of them rest."""

    total: int
    finished: int


@dataclass(frozen=True, slots=True)
class Job:
    """A job, whole. Times are seconds since the epoch; JSON columns are as stored.

    ``parent_id`` is the job that asked for it, ``batch_id`` the batch; ``children`` tells of those that it asked for,
    None where nobody looked.
    """

    id: str
    owner: str
    pipeline: str
    lane: str
    priority: Priority
    params: Mapping[str, Any]  # Any: JSON, as are the next ones
    state: JobState
    attempt: int
    time_limit_s: float
    created_at: float
    queued_at: float
    not_before: float | None
    started_at: float | None
    finished_at: float | None
    fraction: float | None
    note: str | None
    result: Mapping[str, Any] | None
    engine: Mapping[str, Any] | None
    warnings: tuple[str, ...]
    error: Mapping[str, Any] | None
    cached: bool
    parent_id: str | None = None
    batch_id: str | None = None
    inputs: tuple[File, ...] = ()
    outputs: tuple[StoredOutput, ...] = ()
    place: Place | None = None
    children: Tally | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the job is in a final state."""
        return self.state in FINAL

    def placed(self, place: Place | None) -> Self:
        """The same job, told with its place in the queue."""
        return replace(self, place=place)

    @classmethod
    def of(cls, row: Row[Any], inputs: tuple[File, ...] = (), outputs: tuple[StoredOutput, ...] = ()) -> Self:
        """Build from a row of the jobs table."""
        return cls(
            id=row.id,
            owner=row.owner,
            pipeline=row.pipeline,
            lane=row.lane,
            priority=Priority.of(row.priority),
            params=row.params,
            state=JobState(row.state),
            attempt=row.attempt,
            time_limit_s=row.time_limit_s,
            created_at=row.created_at,
            queued_at=row.queued_at,
            not_before=row.not_before,
            started_at=row.started_at,
            finished_at=row.finished_at,
            fraction=row.fraction,
            note=row.note,
            result=row.result,
            engine=row.engine,
            warnings=tuple(row.warnings),
            error=row.error,
            cached=row.cached,
            parent_id=row.parent_id,
            batch_id=row.batch_id,
            inputs=inputs,
            outputs=outputs,
        )
