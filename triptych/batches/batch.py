"""A batch as it is told: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Row

from triptych.batches.states import BatchState, Kind, LineState
from triptych.jobs.states import JobState


class UnknownBatch(LookupError):
    """No such batch, or it is somebody else's; the message is its id."""


class WrongState(Exception):
    """The batch is in a state that the wanted move does not leave; the message is that state."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines of a batch are in which state."""

    total: int
    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int
    invalid: int

    @classmethod
    def of(cls, row: Row[Any], jobs: Mapping[str, int]) -> Self:
        """Of a batch's row, and of how many of its jobs are in which state.

        What waits to be done again is queued, whatever its job is; what waits in a batch that was cancelled is as well.
        """
        is_cancelled = row.state == BatchState.CANCELLED
        waits = row.waiting
        return cls(
            total=row.total,
            queued=jobs.get(JobState.QUEUED, 0) + (0 if is_cancelled else waits),
            running=jobs.get(JobState.RUNNING, 0),
            succeeded=jobs.get(JobState.SUCCEEDED, 0),
            failed=jobs.get(JobState.FAILED, 0) - row.again,
            cancelled=jobs.get(JobState.CANCELLED, 0) + row.gone + (waits if is_cancelled else 0),
            invalid=row.invalid,
        )

    @property
    def left(self) -> int:
        """How many have not ended."""
        return self.queued + self.running


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch. Times are seconds since the epoch; ``estimate_s`` and ``eta_s`` are None where nothing is known."""

    id: str
    owner: str
    kind: Kind
    name: str
    state: BatchState
    asked: Mapping[str, Any]  # Any: JSON, as its kind reads it
    lines: Counts
    size_bytes: int
    estimate_s: float | None
    eta_s: float | None
    error: Mapping[str, str] | None
    created_at: float
    started_at: float | None
    finished_at: float | None
    expires_at: float | None

    @property
    def valid_lines(self) -> int:
        """How many of its lines can be done."""
        return self.lines.total - self.lines.invalid


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is told. ``error`` is its job's, or says what is wrong with the line."""

    number: int
    custom_id: str | None
    state: LineState
    job_id: str | None
    error: Mapping[str, str] | None
