"""Batches as OpenAI's API tells them.

https://platform.openai.com/docs/api-reference/batch/object
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from triptych.batches.batch import Batch
from triptych.batches.results import Only
from triptych.batches.states import ENDED, BatchState
from triptych.openai.calls import BadCall, asked
from triptych.openai.endpoints import ENDPOINTS
from triptych.openai.ids import BATCH, FILE, file_id_of

WINDOW_S = 24 * 3600.0
_MADE = {Only.SUCCEEDED: "-output", Only.ERRORS: "-errors"}
MOST_NOTES = 16  # in metadata, as OpenAI's API has it
_STATUSES = {
    BatchState.VALIDATING: "validating",
    BatchState.VALIDATED: "validating",
    BatchState.RUNNING: "in_progress",
    BatchState.PAUSED: "in_progress",
    BatchState.FINISHED: "completed",
    BatchState.CANCELLED: "cancelled",
    BatchState.FAILED: "failed",
}


class CreateBatch(BaseModel):
    """A batch to be made of an uploaded file."""

    model_config = ConfigDict(extra="forbid")

    input_file_id: str = Field(max_length=100)
    endpoint: str = Field(max_length=100)
    completion_window: Literal["24h"]
    metadata: dict[str, str] | None = Field(None, max_length=MOST_NOTES)


def wanted_batch(body: object) -> CreateBatch:
    """What is asked. Raises BadCall."""
    wanted = asked(CreateBatch, body)
    if wanted.endpoint not in ENDPOINTS:
        raise BadCall(f"no batch is made of {wanted.endpoint!r}; there are {', '.join(ENDPOINTS)}", "endpoint")
    return wanted


def batch_told(batch: Batch) -> Mapping[str, Any]:  # Any: JSON
    """``batch`` as OpenAI's API has it."""
    lines, status = batch.lines, _status(batch)
    failed, ended = lines.total - lines.succeeded - lines.left, batch.state in ENDED
    times = dict.fromkeys(["finalizing_at", "completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at"])
    return {
        "id": f"{BATCH}{batch.id}",
        "object": "batch",
        "endpoint": batch.asked["endpoint"],
        "input_file_id": batch.asked["input_file_id"],
        "completion_window": "24h",
        "status": status,
        "errors": _errors(batch) if status == "failed" else None,
        "output_file_id": made_of(batch.id, Only.SUCCEEDED) if ended and lines.succeeded else None,
        "error_file_id": made_of(batch.id, Only.ERRORS) if ended and failed else None,
        "created_at": int(batch.created_at),
        "in_progress_at": _time(batch.started_at),
        "expires_at": _time(batch.expires_at),
        **times,
        **({f"{status}_at": _time(batch.finished_at)} if ended else {}),
        "request_counts": {"total": lines.total, "completed": lines.succeeded, "failed": failed},
        "metadata": batch.asked["metadata"],
    }


def made_of(batch_id: str, only: Only) -> str:
    """What the file of those results of a batch is called."""
    return f"{FILE}{batch_id}{_MADE[only]}"


def results_meant(name: str) -> tuple[str, Only] | None:
    """The id of the batch, and which of its results, where ``name`` means these."""
    for only, ending in _MADE.items():
        if name.endswith(ending):
            return file_id_of(name.removesuffix(ending)), only
    return None


def _status(batch: Batch) -> str:
    if batch.state is BatchState.CANCELLED and batch.error is not None and batch.error["code"] == "expired":
        return "expired"
    return _STATUSES[batch.state]


def _errors(batch: Batch) -> Mapping[str, Any] | None:
    if batch.error is None:
        return None
    return {"object": "list", "data": [{**batch.error, "line": None, "param": None}]}


def _time(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds)
