"""The states of a batch and of its lines, and what moves them."""

from enum import StrEnum


class Kind(StrEnum):
    """Whose lines a batch has: how they are read and how results are written (kinds.py)."""

    TRIPTYCH = "triptych"
    OPENAI = "openai"


class BatchState(StrEnum):
    """Where a batch stands; each comment says what moves it out."""

    VALIDATING = "validating"  # its last line was read; or its owner cancels it
    VALIDATED = "validated"  # its owner starts or cancels it: a dry run, or one with lines that cannot be done
    RUNNING = "running"  # the last of its lines has ended; or its owner pauses or cancels it
    PAUSED = "paused"  # its owner resumes or cancels it
    FINISHED = "finished"  # final, until its owner has failed lines done again
    CANCELLED = "cancelled"  # final
    FAILED = "failed"  # final: its manifest could not be read


ENDED = frozenset({BatchState.FINISHED, BatchState.CANCELLED, BatchState.FAILED})
OPEN = frozenset(BatchState) - ENDED


class Step(StrEnum):
    """What is kept of a line beside its job; the job's state tells the rest."""

    WAITING = "waiting"  # its job is yet to be made, or the failed one to be done again
    MADE = "made"  # it has a job
    INVALID = "invalid"  # it says nothing that could be done; its error tells why
    GONE = "gone"  # its job was deleted by its owner


class LineState(StrEnum):
    """Where a line stands as it is told."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INVALID = "invalid"


ENDED_LINES = frozenset({LineState.SUCCEEDED, LineState.FAILED, LineState.CANCELLED, LineState.INVALID})


class Chore(StrEnum):
    """What its owner asked of a batch that is done behind the answer, page by page."""

    HOLD_BACK = "hold_back"  # jobs that no worker has begun wait as lines again
    CANCEL = "cancel"  # its jobs are cancelled
    DELETE = "delete"  # its jobs, its lines and then the batch go; nobody sees it any more
