"""What is sent: an event as JSON, made once for all webhooks and attempts, and never long."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Row

from triptych.batches.batch import UnknownBatch
from triptych.batches.reading import get_batch
from triptych.batches.told import batch_told
from triptych.jobs.owner import UnknownJob
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.told import job_told
from triptych.store import Store
from triptych.times import iso_time
from triptych.webhooks.values import EventName

MOST_BYTES = 64 * 1024  # of a body, beside what is always told
LONG = ("result", "params", "inputs", "outputs", "warnings")  # in the order in which they are left out

Json = Mapping[str, Any]  # Any: JSON


def body_of(event: EventName, at: float, data: Json) -> str:
    """The body of an event that happened at ``at``, in seconds since the epoch."""
    told = {"type": event, "timestamp": iso_time(at), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def data_of(store: Store, ended: Row[Any]) -> Json:
    """What a row of the outbox tells of, as the API tells it, with its ``url`` and the names of what was ``left_out``.

    What its owner deleted or had done again meanwhile is told by that row alone: everything else was left out.
    """
    tells = _batch if ended.event == EventName.BATCH_FINISHED else _job
    told, url = tells(store, ended)
    return {**told, "url": url}


def _job(store: Store, ended: Row[Any]) -> tuple[Json, str]:
    url, state = f"/api/v1/jobs/{ended.subject_id}", JobState(ended.event.removeprefix("job."))
    known = {"id": ended.subject_id, "pipeline": ended.pipeline, "state": state.value, "attempt": ended.attempt}
    with suppress(UnknownJob):
        job = get_job(store, ended.owner, ended.subject_id)
        if (job.state, job.attempt, job.finished_at) == (state, ended.attempt, ended.at):
            return _bounded(job_told(job)), url
    return {**known, "finished_at": iso_time(ended.at), "left_out": ["*"]}, url


def _batch(store: Store, ended: Row[Any]) -> tuple[Json, str]:
    url = f"/api/v1/batches/{ended.subject_id}"
    with suppress(UnknownBatch):
        batch = get_batch(store, ended.owner, ended.subject_id)
        if batch.finished_at == ended.at:
            return {**batch_told(batch), "left_out": []}, url
    return {"id": ended.subject_id, "finished_at": iso_time(ended.at), "left_out": ["*"]}, url


def _bounded(told: dict[str, Any]) -> dict[str, Any]:
    left_out: list[str] = []
    for name in LONG:
        if _size_bytes(told) <= MOST_BYTES:
            break
        del told[name]
        left_out.append(name)
    return {**told, "left_out": left_out}


def _size_bytes(told: Json) -> int:
    return len(json.dumps(told, ensure_ascii=False).encode())
