"""How runs end: each end is a value, which is written by ending.py."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Row

from pipelines.contract import Result
from triptych.jobs.backoff import backoff_s
from triptych.jobs.family import look_again_s
from triptych.jobs.pauses import pause_s
from triptych.jobs.states import Move
from triptych.store import Store

LONGEST_RETRY_S = 300.0
WAITING = "waiting: "  # begins the note of a job that waits because of what its run told

# What a queued job has of the run it had: it is the first of its owner's to run again.
NOBODYS: Mapping[str, Any] = {  # Any: columns of the jobs table
    "rung_at": None,
    "share": None,
    "turn": 0,
    "not_before": None,
    "lease_until": None,
    "worker": None,
    "holder": None,
    "process_id": None,
    "started_at": None,
    "fraction": None,
    "note": None,
}


@dataclass(frozen=True, slots=True)
class End:
    """How a run of the job in ``row`` ended, at ``at``: a move with its values, and what its history says.

    ``started_at`` is when the run itself began, where it had to wait behind others of its message.
    """

    row: Row[Any]
    at: float
    move: Move
    values: Mapping[str, Any]  # Any: columns of the jobs table
    error: Mapping[str, str] | None = None
    started_at: float | None = None
    away: str = ""  # why the pipeline is to wait for its server
    away_s: float | None = None  # how long, where the server says so
    is_answer: bool = False  # the run came to an end of its own, so that no server that it needs is away
    is_rescue: bool = False  # applies only if nobody has renewed the lease meanwhile
    awaits: bool = False  # jobs that it asked for: nothing went wrong, and its history has no word of it
    by_another: bool = False  # than who ran it, who may have died before it told that the run began
    is_unseen: bool = False  # nobody runs it: its claim was committed unheard, however often its lease was renewed


def succeeded(row: Row[Any], at: float, result: Result, work_key: str | None = None) -> End:
    """The result is the job's one result; under ``work_key`` it may serve again."""
    values = {
        "result": dict(result.body),
        "engine": asdict(result.engine),
        "warnings": list(result.warnings),
        "fraction": 1.0,
        "note": None,
        "error": None,
        "work_key": work_key,
    }
    return End(row, at, Move.SUCCEED, values, is_answer=True)


def failed(row: Row[Any], at: float, code: str, message: str) -> End:
    """The job failed; ``code`` is stable, ``message`` is for its owner."""
    error = {"code": code, "message": message}
    return End(row, at, Move.FAIL, {"error": error}, error, is_answer=True)


def timed_out(row: Row[Any], at: float) -> End:
    """The run took longer than it may."""
    words = f"it ran longer than {row.time_limit_s:g} s: ask for a longer time limit, or for less"
    return replace(failed(row, at, "time_limit", words), is_answer=False)


def to_be_retried(store: Store, row: Row[Any], at: float, code: str, message: str) -> End:
    """A failure that may pass: the job is tried again after a while, or fails after ``max_attempts``."""
    failures = row.failures + 1
    if failures >= store.settings.max_attempts:
        return failed(row, at, code, message)
    not_before = at + backoff_s(failures, store.settings.retry_s, LONGEST_RETRY_S, store.random)
    error = {"code": code, "message": message}
    values = {**_waiting(message), "failures": failures, "not_before": not_before}
    return End(row, at, Move.REQUEUE, values, error, is_answer=True)


def server_away(row: Row[Any], at: float, code: str, message: str, retry_after_s: float | None = None) -> End:
    """The pipeline's server does not answer: the job waits with the others of its pipeline, and nothing is counted.

    ``retry_after_s``: how long the server asks to be left alone, where it does.
    """
    error = {"code": code, "message": message}
    return End(row, at, Move.REQUEUE, _waiting(message), error, away=message, away_s=retry_after_s)


def download_away(
    store: Store, row: Row[Any], at: float, code: str, message: str, retry_after_s: float | None = None
) -> End:
    """What this job needs cannot be fetched now: it alone is tried again after a while, and nothing is counted.

    ``retry_after_s``: how long the server asks to be left alone, where it does.
    """
    tries = row.attempt - row.failures  # of those not counted, also for other reasons: they only make the wait longer
    not_before = at + pause_s(tries, store.random, retry_after_s)
    error = {"code": code, "message": message}
    return End(row, at, Move.REQUEUE, {**_waiting(message), "not_before": not_before}, error)


def awaiting(row: Row[Any], at: float) -> End:
    """The run waits, in no slot, for jobs that it asked for; it is queued when the last of them has ended."""
    waits = {"queued_at": at, "fraction": 0.0, "not_before": at + look_again_s(row.attempt)}
    return End(row, at, Move.REQUEUE, {**NOBODYS, **waits}, awaits=True)


def handed_back(row: Row[Any], at: float, why: str = "the worker was stopped") -> End:
    """The worker does not go on with it: the job waits as if it had not been claimed."""
    return End(row, at, Move.REQUEUE, dict(NOBODYS), {"code": "handed_back", "message": why})


def died(store: Store, row: Row[Any], at: float, message: str, *, lapsed: bool = False) -> End:
    """The run's process is dead: the job waits for another attempt, or fails as poisoned after ``max_attempts``."""
    failures, error = row.failures + 1, {"code": "worker_died", "message": message}
    if failures < store.settings.max_attempts:
        values = {**NOBODYS, "failures": failures}
        return End(row, at, Move.REQUEUE, values, error, is_rescue=lapsed, by_another=True)
    words = f"{failures} workers died while they ran it; the last was {row.worker}"
    values = {"failures": failures, "error": {"code": "poisoned", "message": words}}
    return End(row, at, Move.FAIL, values, error, is_rescue=lapsed, by_another=True)


def _waiting(message: str) -> dict[str, Any]:  # Any: columns of the jobs table
    """What a job has that waits because of what its run told; whoever looks at it finds out why."""
    return {**NOBODYS, "note": f"{WAITING}{message}"}


def reason_to_wait(note: str | None) -> str:
    """Why a queued job with this ``note`` waits to be tried again; empty where it does not."""
    return note.removeprefix(WAITING) if note is not None and note.startswith(WAITING) else ""
