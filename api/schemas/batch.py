"""A batch as it is asked for and told, with its lines."""

from enum import StrEnum
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.job import JobError
from api.schemas.requests import NAME_CHARACTERS, Asked, ListQuery, Query
from triptych.batches import batch as batches
from triptych.batches.results import Only
from triptych.batches.states import BatchState, LineState
from triptych.batches.told import batch_told

MOST_FILES = 100_000
_PIPELINE = "Of every line that names none itself."
_PARAMS = "Of every line of that pipeline; a line's own are laid over them."
_PRIORITY = "The jobs of a batch wait behind everything that somebody waits for."
_DRY_RUN = "Only check the lines, and tell how many they are and how long they should take; `start` runs them."
_REMEMBER = "Have what comes of them found again in the memory."


class BatchRequest(Asked):
    """A batch of what is there already: stored files, or a manifest, an archive, or both, that were uploaded."""

    name: str = Field("", max_length=NAME_CHARACTERS, examples=["Tickets of May"])
    pipeline: str | None = Field(None, max_length=64, description=_PIPELINE, examples=["text.summarize"])
    params: dict[str, Any] = Field(default_factory=dict, description=_PARAMS)
    files: list[UUID] = Field(
        default_factory=list, max_length=MOST_FILES, description="A line for each of these files."
    )
    manifest: UUID | None = Field(None, description="The file of a manifest, as JSON Lines or CSV.")
    archive: UUID | None = Field(None, description="The file of a zip.")
    priority: Literal["batch"] = Field("batch", description=_PRIORITY)
    remember: bool = Field(True, description=_REMEMBER)
    dry_run: bool = Field(False, description=_DRY_RUN)


class BatchForm(Asked):
    """A batch of what comes with it: a manifest, an archive or a folder's files, or both. Put the fields first."""

    name: str = Field("", max_length=NAME_CHARACTERS, examples=["Tickets of May"])
    pipeline: str | None = Field(None, max_length=64, description=_PIPELINE, examples=["text.summarize"])
    params: str = Field("{}", description="A JSON object. " + _PARAMS)
    priority: Literal["batch"] = Field("batch", description=_PRIORITY)
    remember: bool = Field(True, description=_REMEMBER)
    dry_run: bool = Field(False, description=_DRY_RUN)
    manifest: bytes = Field(b"", json_schema_extra={"type": "string", "format": "binary"})
    archive: bytes = Field(b"", json_schema_extra={"type": "string", "format": "binary"})
    file: list[bytes] = Field(default_factory=list, json_schema_extra={"items": {"type": "string", "format": "binary"}})


class BatchPath(BaseModel):
    """A batch's id."""

    batch_id: UUID


class BatchesQuery(ListQuery):
    """Which batches to list."""

    state: BatchState | None = None
    limit: int = Field(20, ge=1, le=100)


class LinesQuery(Query):
    """Which lines to list."""

    state: LineState | None = None
    limit: int = Field(100, ge=1, le=1000)
    cursor: int = Field(0, ge=0, le=2**31 - 1, description="`next` of the page before.")


class ResultsForm(StrEnum):
    """How results are sent."""

    JSONL = "jsonl"
    ZIP = "zip"


class ResultsQuery(Query):
    """Which results are sent, and how."""

    format: ResultsForm = ResultsForm.JSONL
    only: Only | None = Field(None, description="`errors` are lines that failed, were cancelled or are invalid.")


class LineCounts(BaseModel):
    """How many lines there are, and how many of them are in which state."""

    total: int
    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int
    invalid: int


class Estimate(BaseModel):
    """What there is to do: the lines that can be done, what they work on, and how long that should take."""

    lines: int
    size_bytes: int
    seconds: float | None = Field(description="Null where a pipeline was not run lately, or no worker is there.")


class Batch(BaseModel):
    """A batch: where it stands, and how many of its lines do."""

    id: str
    name: str
    state: BatchState
    lines: LineCounts
    size_bytes: int = Field(description="Of what its valid lines work on.")
    eta_s: float | None = Field(description="Seconds until it should have finished; null while unknown.")
    estimate: Estimate
    error: JobError | None = Field(description="Why its manifest could not be read, or why it rests.")
    created_at: str
    started_at: str | None
    finished_at: str | None
    expires_at: str | None = Field(description="When what has not ended is cancelled.")

    @classmethod
    def of(cls, batch: batches.Batch) -> Self:
        """Tell ``batch``."""
        return cls.model_validate(batch_told(batch))


class BatchPage(BaseModel):
    """Batches, newest first; `next` is the cursor of the next page, null at the end."""

    items: list[Batch]
    next: str | None


class BatchLine(BaseModel):
    """A line of a manifest: `error` tells what is wrong with it, or why its job failed."""

    number: int = Field(description="Which line of the manifest, from 1.")
    custom_id: str | None
    state: LineState
    job_id: str | None
    error: JobError | None

    @classmethod
    def of(cls, line: batches.Line) -> Self:
        """Tell ``line``."""
        error = None if line.error is None else JobError.model_validate(line.error)
        return cls(number=line.number, custom_id=line.custom_id, state=line.state, job_id=line.job_id, error=error)


class BatchLinePage(BaseModel):
    """Lines in order; `next` is the cursor of the next page, null at the end."""

    items: list[BatchLine]
    next: int | None
