"""What is asked for, as values: a job to accept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.catalogue import Pipeline
from triptych.files import File
from triptych.ids import new_id
from triptych.jobs.states import Priority

LONGEST_S = 7 * 24 * 3600  # that one attempt of any job may take


class IdempotencyMismatch(Exception):
    """The idempotency key was used before, for another request."""


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A client's key, and a hash of what was asked under it."""

    key: str
    request_hash: str


class WrongMedia(Exception):
    """A pipeline does not take this kind of file. ``number`` is the file's place among the inputs, from 0."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


@dataclass(frozen=True, slots=True)
class Submission:
    """A job to accept, with valid parameters; its inputs are the stored ``files``, by id, then the ``new_files``.

    The bytes of a new file are in the blob store or, by the file's id, in ``content``. ``time_limit_s`` bounds one
    attempt, the pipeline's own limit where it is None. ``fresh`` wants the work done even if its result is kept.

    ``parent_id`` is the job that asks for this one, as its ``child``: counted from 0 where the parent waits for it,
    below 0 where it does not. A child is refused by no quota of jobs: its parent was accepted. ``remember``: whether
    what it makes becomes memories, if its pipeline makes any. ``batch_id``, ``batch_line``: the batch and
    the line of it that ask for the job.
    """

    owner: str
    pipeline: Pipeline
    params: Mapping[str, Any]  # Any: JSON
    files: Sequence[str] = ()
    new_files: Sequence[File] = ()
    content: Mapping[str, bytes] = field(default_factory=dict)
    priority: Priority = Priority.INTERACTIVE
    time_limit_s: float | None = None
    fresh: bool = False
    idempotency: Idempotency | None = None
    parent_id: str | None = None
    child: int | None = None
    remember: bool = True
    batch_id: str | None = None
    batch_line: int | None = None
    id: str = field(default_factory=new_id)


def check_media(pipeline: Pipeline, inputs: Sequence[File]) -> None:
    """Raise WrongMedia for the first of ``inputs`` that ``pipeline`` does not take."""
    for number, file in enumerate(inputs):
        if not pipeline.takes(file.media_type):
            accepts = ", ".join(pipeline.accepts)
            raise WrongMedia(number, f"{pipeline.name} takes {accepts}, not {file.media_type}")
