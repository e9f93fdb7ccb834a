"""A batch as JSON, the same wherever it is told: by the API, and by what is sent to webhooks."""

from dataclasses import asdict
from typing import Any

from triptych.batches.batch import Batch
from triptych.times import iso_time


def batch_told(batch: Batch) -> dict[str, Any]:  # Any: JSON
    """``batch`` as ``GET /api/v1/batches/{id}`` answers it; times are RFC 3339 in UTC."""
    estimate = {"lines": batch.valid_lines, "size_bytes": batch.size_bytes, "seconds": batch.estimate_s}
    return {
        "id": batch.id,
        "name": batch.name,
        "state": batch.state.value,
        "lines": asdict(batch.lines),
        "size_bytes": batch.size_bytes,
        "eta_s": batch.eta_s,
        "estimate": estimate,
        "error": None if batch.error is None else dict(batch.error),
        "created_at": iso_time(batch.created_at),
        "started_at": _time(batch.started_at),
        "finished_at": _time(batch.finished_at),
        "expires_at": _time(batch.expires_at),
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else iso_time(seconds)
