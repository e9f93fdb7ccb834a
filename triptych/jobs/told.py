"""A job as JSON, the same wherever it is told: by the API, and by what is sent to webhooks."""

from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from triptych.files import File
from triptych.jobs.job import Job, StoredOutput
from triptych.times import iso_time


def job_told(job: Job) -> dict[str, Any]:  # Any: JSON
    """``job`` as ``GET /api/v1/jobs/{id}`` answers it; times are RFC 3339 in UTC."""
    place = job.place
    return {
        "id": job.id,
        "children": asdict(job.children) if job.children else None,
        "parent_id": job.parent_id,
        "batch_id": job.batch_id,
        "pipeline": job.pipeline,
        "state": job.state.value,
        "lane": job.lane,
        "priority": job.priority.value,
        "position": place.position if place else None,
        "eta_s": place.eta_s if place else None,
        "progress": _progress(job),
        "attempt": job.attempt,
        "time_limit_s": job.time_limit_s,
        "not_before": _time(job.not_before),
        "inputs": [_input(file) for file in job.inputs],
        "params": dict(job.params),
        "result": None if job.result is None else dict(job.result),
        "outputs": [_output(job.id, output) for output in job.outputs],
        "engine": None if job.engine is None else dict(job.engine),
        "warnings": list(job.warnings),
        "error": None if job.error is None else dict(job.error),
        "cached": job.cached,
        "created_at": iso_time(job.created_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
    }


def content_url(file_id: str) -> str:
    """Where a file's bytes are."""
    return f"/api/v1/files/{file_id}/content"


def _progress(job: Job) -> dict[str, Any] | None:
    if job.started_at is None and job.note is None:
        return None
    return {"fraction": job.fraction, "note": job.note or ""}


def _input(file: File) -> dict[str, Any]:
    told = {"file_id": file.id, "name": file.name, "media_type": file.media_type, "size_bytes": file.size_bytes}
    return {**told, "url": content_url(file.id)}


def _output(job_id: str, output: StoredOutput) -> dict[str, Any]:
    told = {"name": output.name, "media_type": output.media_type, "size_bytes": output.size_bytes}
    return {**told, "url": f"/api/v1/jobs/{job_id}/outputs/{quote(output.name, safe='')}"}


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else iso_time(seconds)
