"""What an event is: one thing that happened to one job, or to one batch, for its owner."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from triptych.times import iso_time


class EventType(StrEnum):
    """Everything a client can be told."""

    QUEUED = "job.queued"
    STARTED = "job.started"
    PROGRESS = "job.progress"
    PARTIAL = "job.partial"
    PART = "job.part"
    OUTPUT = "job.output"
    FINISHED = "job.finished"
    DELETED = "job.deleted"
    BATCH_PROGRESS = "batch.progress"
    BATCH_FINISHED = "batch.finished"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to ``job_id`` at ``at`` (seconds since the epoch). ``data`` is a JSON object by type.

    ``parent_id`` is the job that asked for this one, told of children alone. What happened to a batch has its
    ``batch_id``, and neither job nor pipeline.

    ``stream_begun_by``: it is told for the process that is to tell it, and may have done so; if that was in a stream
    that was lost since, everybody was told to refetch. So it is not told in one that began later, in seconds by Redis'
    clock.
    """

    type: EventType
    owner: str
    job_id: str
    pipeline: str
    at: float
    data: dict[str, Any]  # Any: JSON
    parent_id: str | None = None
    stream_begun_by: float | None = None
    batch_id: str | None = None

    def encode(self) -> dict[str, str]:
        """The fields of the stream's entry: owner and job stand beside the body so that a filter need not parse it."""
        whose = {"job_id": self.job_id} if self.batch_id is None else {"batch_id": self.batch_id}
        if self.parent_id is not None:
            whose["parent_id"] = self.parent_id
        if self.pipeline:
            whose["pipeline"] = self.pipeline
        body = {"type": self.type, **whose, "at": iso_time(self.at), "data": self.data}
        return {"owner": self.owner, "job": self.job_id, "body": json.dumps(body, separators=(",", ":"))}


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event as read back: its place in the stream, whose it is, and its body as a JSON object's text."""

    id: str
    owner: str
    job_id: str
    body: str

    @classmethod
    def decode(cls, entry_id: str, fields: dict[str, str]) -> Self:
        """Read a stream entry."""
        return cls(entry_id, fields["owner"], fields["job"], fields["body"])

    def message(self, cursor: str) -> str:
        """The JSON text a client gets: the body with ``cursor`` as its id."""
        return f'{{"id":{json.dumps(cursor)},{self.body[1:]}'

    @property
    def is_queued(self) -> bool:
        """Whether it tells that the job waits, for the first time or again."""
        return self.body.startswith('{"type":"job.queued"')

    @property
    def is_start(self) -> bool:
        """Whether it tells that a run of the job has begun."""
        return self.body.startswith('{"type":"job.started"')

    @property
    def is_end(self) -> bool:
        """Whether this is the job's last event."""
        return self.body.startswith('{"type":"job.finished"')
