"""What a client may ask, as types."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas.worded import PipelineName
from triptych.ids import first_id_of
from triptych.jobs.states import JobState, Priority
from triptych.jobs.submission import LONGEST_S

NAME_CHARACTERS = 255
WAIT_S = 60
SELECTED = 1000
FURTHEST_PAGE = 100_000

_TIME_LIMIT = "Seconds that one attempt may take; the pipeline's own limit when it is not given."
_FRESH = "Do the work even when the result of the same work is kept."
_REMEMBER = "Have what comes of it found again in the memory."


class Asked(BaseModel):
    """Base of what is asked: an unknown name is an error rather than ignored."""

    model_config = ConfigDict(extra="forbid")


class JobRequest(Asked):
    """A job to do, on files that are there already or on text."""

    pipeline: str = Field(max_length=64)
    files: list[UUID] = Field(default_factory=list, max_length=100, description="Ids of uploaded files.")
    text: str | None = Field(None, description="Text to work on, instead of files.")
    params: dict[str, Any] = Field(default_factory=dict)
    priority: Priority = Priority.INTERACTIVE
    time_limit_s: float | None = Field(None, gt=0, le=LONGEST_S, description=_TIME_LIMIT)
    fresh: bool = Field(False, description=_FRESH)
    remember: bool = Field(True, description=_REMEMBER)


class JobForm(Asked):
    """A job to do on files that come with it. Put `pipeline` and `params` first: they are checked as they arrive."""

    pipeline: str = Field(max_length=64)
    file: list[bytes] = Field(default_factory=list, json_schema_extra={"items": {"type": "string", "format": "binary"}})
    text: str | None = None
    params: str = Field("{}", description="A JSON object.")
    priority: Priority = Priority.INTERACTIVE
    time_limit_s: float | None = Field(None, gt=0, le=LONGEST_S, description=_TIME_LIMIT)
    fresh: bool = Field(False, description=_FRESH)
    remember: bool = Field(True, description=_REMEMBER)


class JobSelection(Asked):
    """Which jobs: those of which everything that is given holds. Give at least ids, states or a pipeline."""

    ids: list[UUID] = Field(
        default_factory=list, min_length=1, max_length=SELECTED, description="They have one of these ids."
    )
    states: list[JobState] = Field(default_factory=list, min_length=1, description="They are in one of these states.")
    pipeline: str | None = Field(None, max_length=64, description="They are of this pipeline.")
    cursor: UUID | None = Field(None, description="`next` of the answer before: so no job is changed twice.")

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if not (self.ids or self.states or self.pipeline):
            raise ValueError("say which jobs: ids, states or pipeline")
        return self


class FileForm(Asked):
    """A file to keep."""

    file: bytes = Field(json_schema_extra={"type": "string", "format": "binary"})


class ModelRequest(Asked):
    """A model to bring."""

    name: str = Field(max_length=200, description="Of a known model, such as `whisper/base`.")


class Query(Asked):
    """Base of queries, whose schema is made once: flask-openapi asks for it with every request."""

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:  # Any: as pydantic has it
        """The schema, shared: it is not to be changed."""
        return _schema_of(cls, *args, **kwargs)


class WaitQuery(Query):
    """How long to wait for the job's end."""

    wait: float = Field(0, ge=0, le=WAIT_S, description="Seconds to wait for the job's end before answering.")


class FileQuery(Query):
    """The name of a raw body."""

    name: str = Field("upload", description="The file's name, for a raw body.")


class CameQuery(Query):
    """Which of a list: what came between two moments."""

    created_after: datetime | None = Field(None, description="It came then or later; UTC unless it says otherwise.")
    created_before: datetime | None = Field(None, description="It came before then.")

    @property
    def after_s(self) -> float | None:
        """The earlier moment, in seconds since the epoch."""
        return seconds_of(self.created_after)

    @property
    def before_s(self) -> float | None:
        """The later moment, in seconds since the epoch."""
        return seconds_of(self.created_before)


class ListQuery(CameQuery):
    """Which page of a list, newest first, of what has an id that tells when it came."""

    limit: int = Field(50, ge=1, le=200)
    cursor: UUID | None = Field(None, description="`next` of the page before.")

    @property
    def since(self) -> str | None:
        """The least id that is listed."""
        return None if self.after_s is None else first_id_of(self.after_s)

    @property
    def before(self) -> str | None:
        """The id below which all that are listed are."""
        bounds = [str(self.cursor)] if self.cursor else []
        return min([*bounds, *([] if self.before_s is None else [first_id_of(self.before_s)])], default=None)


class FilesQuery(ListQuery):
    """Which files to list."""


class UploadsQuery(ListQuery):
    """Which uploads to list."""


class FileTextQuery(Query):
    """Which part of what a document says."""

    page: int = Field(1, ge=1, le=FURTHEST_PAGE, description="Of a PDF.")
    at: int = Field(0, ge=0, le=2**31 - 1, description="A character of a text, which is in what is sent.")


class FilePageQuery(Query):
    """How a page is drawn."""

    dpi: int = Field(200, ge=36, le=400, description="Dots per inch, where a page has no pixels of its own.")


class DeleteQuery(Query):
    """What goes with a job."""

    inputs: bool = Field(False, description="Remove its inputs too, but for those that another job uses.")


class JobsQuery(ListQuery):
    """Which jobs to list."""

    state: JobState | None = None
    pipeline: PipelineName | None = None
    parent: UUID | None = Field(None, description="The job that asked for them; else those that no job asked for.")
    batch_id: UUID | None = Field(None, description="The batch that they are of.")


class PartsQuery(Query):
    """Which parts to list."""

    after: int = Field(0, ge=0, le=2**31 - 1, description="`seq` of the last part that is known.")
    limit: int = Field(500, ge=1, le=1000)


@cache
def _schema_of(model: type[Query], *args: Any, **kwargs: Any) -> dict[str, Any]:  # Any: as pydantic has it
    return super(Query, model).model_json_schema(*args, **kwargs)


def seconds_of(moment: datetime | None) -> float | None:
    """The moment in seconds since the epoch, in UTC unless it says otherwise."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


class JobPath(BaseModel):
    """A job's id."""

    job_id: UUID


class OutputPath(JobPath):
    """An output of a job."""

    name: str


class FilePath(BaseModel):
    """A file's id."""

    file_id: UUID


class UploadPath(BaseModel):
    """An upload's id."""

    upload_id: UUID


class FilePagePath(FilePath):
    """A page of a file, from 1."""

    page: int = Field(ge=1, le=FURTHEST_PAGE)


class ModelPath(BaseModel):
    """A model's name, slashes and all."""

    name: str
