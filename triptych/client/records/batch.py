"""Batches as the API tells them, with their lines."""

from enum import StrEnum

from triptych.client.records.base import Record
from triptych.client.records.job import JobError


class BatchState(StrEnum):
    """Where a batch stands; the last three are final, but that a retry has a finished one run again."""

    VALIDATING = "validating"
    VALIDATED = "validated"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class LineCounts(Record):
    """How many lines there are, and how many of them are in which state."""

    total: int
    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int
    invalid: int

    @property
    def ended(self) -> int:
        """Those of which nothing more will come by itself."""
        return self.succeeded + self.failed + self.cancelled + self.invalid


class Estimate(Record):
    """What there is to do; ``seconds`` is None where nobody can say."""

    lines: int
    size_bytes: int
    seconds: float | None


class Batch(Record):
    """A batch: where it stands, and how many of its lines do. Times are ISO 8601 in UTC."""

    id: str
    name: str
    state: BatchState
    lines: LineCounts
    size_bytes: int
    eta_s: float | None
    estimate: Estimate
    error: JobError | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    expires_at: str | None

    @property
    def goes_on(self) -> bool:
        """Whether more will come of it without anybody's doing."""
        return self.state in (BatchState.VALIDATING, BatchState.RUNNING)


class BatchPage(Record):
    """Batches, newest first; ``next`` is the cursor of the next page, None at the end."""

    items: list[Batch]
    next: str | None


class BatchLine(Record):
    """A line of a manifest, from 1: ``error`` tells what is wrong with it, or why its job failed."""

    number: int
    custom_id: str | None
    state: str
    job_id: str | None
    error: JobError | None


class BatchLinePage(Record):
    """Lines in order; ``next`` is the cursor of the next page, None at the end."""

    items: list[BatchLine]
    next: int | None
