"""The ways a pipeline ends without a result; each maps to one outcome of the job."""


class PipelineError(Exception):
    """A run that failed for a reason its user can read.

    ``code`` is stable and part of the API; ``message`` names the offending value and the mend.
    """

    code = "pipeline_failed"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class BadInput(PipelineError):
    """The media or text cannot be used; trying again changes nothing."""

    code = "bad_input"


class EngineUnavailable(PipelineError):
    """No engine of a capability can run here; the message lists each and why."""

    code = "engine_unavailable"


class TransientFailure(PipelineError):
    """Something outside (a network, a server) failed; another attempt may succeed."""

    code = "transient_failure"


class OutOfMemory(TransientFailure):
    """Memory ran out, on a device or off it, although what nobody uses had gone; later there may be more."""


class ServerAway(TransientFailure):
    """A server that all jobs of a pipeline need does not answer: they wait together, and none is counted as failed.

    ``retry_after_s``: when the server itself asks to be asked again, None where it says nothing.
    """

    code = "server_away"

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class DownloadAway(ServerAway):
    """A file that this job needs, and others of its pipeline may not, cannot be fetched now: the job waits alone."""


class Cancelled(Exception):
    """Raised by ``Context.check`` when the job was cancelled or its lease was lost."""
