"""The state machine of a job: the states, and the moves between them. Nothing else in the house changes a state."""

from enum import StrEnum
from typing import Self


class JobState(StrEnum):
    """Where a job stands; each comment says what moves it out."""

    QUEUED = "queued"  # a worker claims it, or its owner cancels it
    RUNNING = "running"  # the worker finishes it, hands it back or loses its lease; or its owner cancels it
    SUCCEEDED = "succeeded"  # final, until its owner asks for another run
    FAILED = "failed"  # final, until its owner asks for another run
    CANCELLED = "cancelled"  # final, until its owner asks for another run


FINAL = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})


class Move(StrEnum):
    """What can happen to a job."""

    CLAIM = "claim"  # a worker takes it and becomes its only writer
    SUCCEED = "succeed"  # the claiming worker kept its result
    FAIL = "fail"  # the claiming worker gave up on it, or too many attempts died
    CANCEL = "cancel"  # its owner does not want it any more
    REQUEUE = "requeue"  # the lease lapsed, a worker drained, or a failure may pass: it waits for another attempt
    RETRY = "retry"  # its owner wants a finished job done again


MOVES: dict[Move, tuple[frozenset[JobState], JobState]] = {
    Move.CLAIM: (frozenset({JobState.QUEUED}), JobState.RUNNING),
    Move.SUCCEED: (frozenset({JobState.RUNNING}), JobState.SUCCEEDED),
    Move.FAIL: (frozenset({JobState.RUNNING}), JobState.FAILED),
    Move.CANCEL: (frozenset({JobState.QUEUED, JobState.RUNNING}), JobState.CANCELLED),
    Move.REQUEUE: (frozenset({JobState.RUNNING}), JobState.QUEUED),
    Move.RETRY: (FINAL, JobState.QUEUED),
}


class Priority(StrEnum):
    """The class a job is admitted in: every interactive job goes before any batch job."""

    INTERACTIVE = "interactive"
    BATCH = "batch"

    @property
    def rank(self) -> int:
        """The column's value: lower is admitted first."""
        return list(Priority).index(self)

    @classmethod
    def of(cls, rank: int) -> Self:
        """The class with this rank."""
        return list(cls)[rank]
