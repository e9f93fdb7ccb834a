"""What a line of a manifest asks for, and what is told of it when it has ended: between batches and their kinds.

A kind of batch (kinds.py) is a *reader* and a *writer*. The reader turns the JSON object of one line into an
``Asked``, or raises BadLine. It looks at nothing but the line and what holds for the whole batch, so that it can be
asked again when the line's job is made, and says the same then. The batch itself checks what the house knows: that
stored files are the owner's, that members came along, that the pipeline takes their media, that no custom id stands
twice. A kind is added by a ``Kind`` (states.py) and a row in kinds.py, and asked for by ``creating.create_batch``.

The writer turns a line that has ended, with its job, into the JSON object of the results' line. It is asked in pages,
in the manifest's order, and may read what the job made: its outputs are in the blobs, its parts in jobs/reading.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pipelines.catalogue import Pipeline
from triptych.batches.states import LineState
from triptych.jobs.job import Job
from triptych.store import Store

JsonObject: TypeAlias = Mapping[str, Any]  # Any: JSON


class BadLine(Exception):
    """A line that cannot be done; ``code`` is stable, the message is for its owner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def told(self) -> dict[str, str]:
        """As it is kept with the line."""
        return {"code": self.code, "message": str(self)}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the owner's, by its id."""

    file_id: str


@dataclass(frozen=True, slots=True)
class Member:
    """A file that came with the batch, by the path that it has there."""

    path: str


@dataclass(frozen=True, slots=True)
class Inline:
    """Bytes that stand in the line itself; ``media_type`` None: it is told from the content."""

    name: str
    content: bytes
    media_type: str | None = "text/plain"


Source: TypeAlias = Stored | Member | Inline


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that a line asks for, with valid parameters."""

    custom_id: str | None
    pipeline: Pipeline
    params: JsonObject
    sources: Sequence[Source]
    remember: bool = True


@dataclass(frozen=True, slots=True)
class Ended:
    """A line that has ended: ``asked`` is its JSON object, None where it is none; ``job`` None where it has none.

    ``error`` tells what is wrong with an invalid line, or one whose job is gone; a job tells its own.
    """

    number: int
    custom_id: str | None
    state: LineState
    asked: JsonObject | None
    job: Job | None
    error: Mapping[str, str] | None


Reader: TypeAlias = Callable[[JsonObject, JsonObject], Asked]
"""Of the line's object, and of what holds for all of the batch (``batches.asked``). Raises BadLine."""

Writer: TypeAlias = Callable[[Store, Ended], JsonObject]


@dataclass(frozen=True, slots=True)
class LineForm:
    """How lines of one kind are read and written."""

    read: Reader
    write: Writer
