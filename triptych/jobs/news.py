"""The events of a job's life, each built in one place."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sqlalchemy import Row

from pipelines.contract import Part
from triptych.events.event import Event, EventType
from triptych.jobs.job import Job, Place, StoredOutput
from triptych.jobs.states import JobState
from triptych.times import iso_time

NEW_S = 10.0  # seconds


def queued(row: Row[Any] | Job, at: float, place: Place | None = None) -> Event:
    """The job waits: for the first time, or again."""
    told = {"position": place.position, "eta_s": place.eta_s} if place else {"position": None, "eta_s": None}
    not_before = None if row.not_before is None else iso_time(row.not_before)
    return _event(EventType.QUEUED, row, at, {**told, "attempt": row.attempt, "not_before": not_before})


def came(row: Row[Any], attempt: int = 0, at: float | None = None) -> Event:
    """The job waits: for the first time, or since ``at`` behind that ``attempt``.

    For who goes on with it, and would tell that before whoever queued it has told this.
    """
    told = {"position": None, "eta_s": None, "attempt": attempt, "not_before": None}
    queued_at = row.queued_at if at is None else at
    return replace(_event(EventType.QUEUED, row, queued_at, told), stream_begun_by=queued_at)


def is_new(row: Row[Any], now: float) -> bool:
    """Whether whoever queued the job may still be about to tell so."""
    return bool(row.queued_at > now - NEW_S)


def started(row: Row[Any], at: float) -> Event:
    """A worker has claimed the job; parts and progress of earlier attempts are void."""
    return _event(EventType.STARTED, row, at, {"attempt": row.attempt, "worker": row.worker})


def progressed(row: Row[Any], at: float, fraction: float | None, note: str) -> Event:
    """The run got on."""
    return _event(EventType.PROGRESS, row, at, {"fraction": fraction, "note": note, "attempt": row.attempt})


def shown(row: Row[Any], at: float, part: Part) -> Event:
    """What may become the next part is worth showing until that or another comes."""
    return _event(
        EventType.PARTIAL, row, at, {"kind": part.kind.value, "body": dict(part.body), "attempt": row.attempt}
    )


def part_made(row: Row[Any], at: float, seq: int, part: Part) -> Event:
    """A part of the result is there."""
    return _event(
        EventType.PART, row, at, {"seq": seq, "kind": part.kind.value, "body": dict(part.body), "attempt": row.attempt}
    )


def output_kept(row: Row[Any], at: float, output: StoredOutput) -> Event:
    """A file of the result is there."""
    data = {
        "name": output.name,
        "media_type": output.media_type,
        "size_bytes": output.size_bytes,
        "url": f"/api/v1/jobs/{row.id}/outputs/{quote(output.name)}",
        "attempt": row.attempt,
    }
    return _event(EventType.OUTPUT, row, at, data)


def finished(row: Row[Any], at: float) -> Event:
    """The job is in a final state."""
    told = {"state": row.state, "error": row.error, "warnings": row.warnings, "cached": bool(row.cached)}
    return _event(EventType.FINISHED, row, at, {**told, "attempt": row.attempt})


def succeeded(row: Row[Any], at: float, warnings: Sequence[str]) -> Event:
    """The running job in ``row`` has succeeded."""
    told = {"state": JobState.SUCCEEDED, "error": None, "warnings": warnings, "cached": False}
    return _event(EventType.FINISHED, row, at, {**told, "attempt": row.attempt})


def deleted(row: Row[Any], at: float) -> Event:
    """The job and everything it made are gone."""
    return _event(EventType.DELETED, row, at, {})


def _event(event_type: EventType, row: Row[Any] | Job, at: float, data: dict[str, Any]) -> Event:
    return Event(event_type, row.owner, row.id, row.pipeline, at, data, row.parent_id)
