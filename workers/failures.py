"""How a run that failed ends: what its error means for the job, and what is told of it."""

import errno

import structlog
from pydantic import ValidationError

from pipelines.engines.memory_running_out import ran_out_of_memory
from pipelines.errors import DownloadAway, OutOfMemory, PipelineError, ServerAway, TransientFailure
from pipelines.house import AwaitsChildren
from triptych.blobs import BlobsAway, NoDisk
from triptych.jobs import ends
from triptych.jobs.ends import End
from triptych.jobs.leases import Claim
from triptych.store import Store
from workers.json_values import plain_json

log = structlog.get_logger()


def end_of(store: Store, claimed: Claim, error: Exception) -> End:
    """The end of a run that raised ``error``."""
    row, at = claimed.row, store.clock()
    if isinstance(error, AwaitsChildren):
        return ends.awaiting(row, at)
    if ran_out_of_memory(error) and not isinstance(error, TransientFailure):  # beside others that had filled it, say
        log.warning("memory ran out", pipeline=row.pipeline, exc_info=error)
        error = OutOfMemory("there was not enough memory for this job; the worker's log has the details")
    code, message = _told(error)
    if isinstance(error, BlobsAway):
        return ends.download_away(store, row, at, code, message)
    if isinstance(error, DownloadAway):
        return ends.download_away(store, row, at, code, message, error.retry_after_s)
    if isinstance(error, ServerAway):
        return ends.server_away(row, at, code, message, error.retry_after_s)
    if isinstance(error, TransientFailure):
        return ends.to_be_retried(store, row, at, code, message)
    if code == "internal":
        log.error("a pipeline broke", pipeline=row.pipeline, exc_info=error)
    return ends.failed(row, at, code, message)


def unknown_pipeline(store: Store, claimed: Claim) -> End:
    """The end of a job whose pipeline this worker lacks."""
    message = f"this worker does not know the pipeline {claimed.job.pipeline!r}"
    return ends.failed(claimed.row, store.clock(), "unknown_pipeline", message)


def _told(error: Exception) -> tuple[str, str]:
    """The code and message of a failure, in characters that every database can hold."""
    code, message = _code_and_message(error)
    return code, str(plain_json(message))


def _code_and_message(error: Exception) -> tuple[str, str]:
    if isinstance(error, PipelineError):
        return error.code, error.message
    if isinstance(error, BlobsAway):
        return "server_away", f"the blob store does not answer: {error}"
    if isinstance(error, NoDisk) or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)):
        return "no_disk", f"the disk is full: {error}"
    if isinstance(error, ValidationError):
        return "invalid_params", f"the parameters are no longer valid: {error}"
    return "internal", f"{type(error).__name__}; the worker's log has the details"
