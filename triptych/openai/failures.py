"""How a job that did not succeed is told to a client that speaks OpenAI's API: whose fault it was, and if to retry."""

from collections.abc import Mapping
from typing import Any

from triptych.jobs.job import Job
from triptych.jobs.states import JobState
from triptych.openai.calls import BadCall

# Of the codes in docs/api.md, "Why a job failed", those that no other request would mend; all others are the input's.
UNAVAILABLE = frozenset({"engine_unavailable", "server_away", "transient_failure"})
OURS = frozenset({"internal", "poisoned", "time_limit", "pipeline_failed", "unknown_pipeline", "invalid_params"})
BROKEN = frozenset({"endless_answer", "encoding_failed"})
AS_ASKED = {"no_disk": 507, "too_large": 413}  # the statuses that they have where no job was made

NO_MODEL = "no_such_model"
QUOTA = "quota_exceeded"


def failure(job: Job) -> BadCall:
    """What is to be said of ``job``, which failed or was cancelled by somebody else than its caller."""
    if job.state is JobState.CANCELLED:
        return BadCall(f"the job {job.id} was cancelled", None, "job_cancelled", status=409)
    error = job.error or {}
    code = str(error.get("code", "internal"))
    message = str(error.get("message", "the job failed"))
    if code == NO_MODEL:
        return BadCall(message, "model", "model_not_found", status=404)
    return BadCall(message, code=code, status=_status(code))


def error_body(status: int, message: str, param: str | None = None, code: str | None = None) -> Mapping[str, Any]:
    """An error as OpenAI's API has it: ``type`` follows from the HTTP status, of a 429 from the code too."""
    return {"error": {"message": message, "type": _type(status, code), "param": param, "code": code}}  # Any: JSON


def _status(code: str) -> int:
    if code in AS_ASKED:
        return AS_ASKED[code]
    if code in UNAVAILABLE:
        return 503
    return 500 if code in OURS or code in BROKEN else 400


def _type(status: int, code: str | None) -> str:
    if status == 429:
        return "insufficient_quota" if code == QUOTA else "requests"
    return "server_error" if status >= 500 else "invalid_request_error"
