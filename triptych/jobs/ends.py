"""The ends of runs: each is a value, and any number of them is written by one transaction."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert

from pipelines.contract import Lane, Result
from triptych.events.event import Event
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.backoff import backoff_s
from triptych.jobs.leases import Claim, Holder, LeaseLost, claim_next_in, starts
from triptych.jobs.moves import make_move, move_alike
from triptych.jobs.pauses import pause, resume
from triptych.jobs.retelling import untold_starts
from triptych.jobs.states import FINAL, Move
from triptych.jobs.tables import attempts, checkpoints, outputs, parts
from triptych.store import Store

LONGEST_RETRY_S = 300.0

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
_INSERT_ATTEMPT = insert(attempts)


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
    is_rescue: bool = False  # applies only if nobody has renewed the lease meanwhile
    by_another: bool = False  # than who ran it, who may have died before it told that the run began


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
    return End(row, at, Move.SUCCEED, values)


def failed(row: Row[Any], at: float, code: str, message: str) -> End:
    """The job failed; ``code`` is stable, ``message`` is for its owner."""
    error = {"code": code, "message": message}
    return End(row, at, Move.FAIL, {"error": error}, error)


def timed_out(row: Row[Any], at: float) -> End:
    """The run took longer than it may."""
    words = f"it ran longer than {row.time_limit_s:g} s: ask for a longer time limit, or for less"
    return failed(row, at, "time_limit", words)


def to_be_retried(store: Store, row: Row[Any], at: float, code: str, message: str) -> End:
    """A failure that may pass: the job is tried again after a while, or fails after ``max_attempts``."""
    failures = row.failures + 1
    if failures >= store.settings.max_attempts:
        return failed(row, at, code, message)
    not_before = at + backoff_s(failures, store.settings.retry_s, LONGEST_RETRY_S, store.random)
    error = {"code": code, "message": message}
    return End(row, at, Move.REQUEUE, {**NOBODYS, "failures": failures, "not_before": not_before}, error)


def server_away(row: Row[Any], at: float, code: str, message: str) -> End:
    """The pipeline's server does not answer: the job waits with the others of its pipeline, and nothing is counted."""
    return End(row, at, Move.REQUEUE, dict(NOBODYS), {"code": code, "message": message}, away=message)


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


def end(store: Store, one: End) -> None:
    """Write one end. Raises LeaseLost when the attempt is no longer the job's."""
    if not end_all(store, [one]):
        raise LeaseLost(one.row.id)


def end_all(store: Store, ends: Sequence[End]) -> set[str]:
    """Write the ends by one transaction and tell them; return the ids of the jobs whose ends they still were.

    Rows are locked in the order of their ids, here as everywhere, so that no two writers wait for one another.
    """
    ended, _ = _end_and(store, ends, lambda _connection: [])
    return ended


def end_and_go_on(store: Store, ends: Sequence[End], holder: Holder) -> tuple[set[str], list[Claim]]:
    """As ``end_all``, and by the same transaction claim the jobs of the next message of their lane that waits.

    A slot that has just ended a short job goes on with the next without a message for each going through Redis.
    """
    lane = Lane(ends[0].row.lane)

    def claim_next(connection: Connection) -> list[Claim]:
        return claim_next_in(connection, store, lane, holder, store.clock())

    return _end_and(store, ends, claim_next)


GoOn = Callable[[Connection], list[Claim]]


def _end_and(store: Store, ends: Sequence[End], go_on: GoOn) -> tuple[set[str], list[Claim]]:
    ends = sorted(ends, key=lambda one: one.row.id)
    if _are_plain(store, ends):
        with suppress(_SomeLost):
            return _end_alike(store, ends, go_on)
    with store.database.write() as connection:
        moved = [(row, one) for one in ends if (row := end_in(connection, store, one)) is not None]
        lanes = {row.lane for row, one in moved if _makes_room(store, one)}
        rings = [ring for lane in sorted(lanes) for ring in admit(connection, store, Lane(lane), store.clock())]
        claims = go_on(connection)
    untold = untold_starts(store, [one.row for _, one in moved if one.by_another])
    store.wire.send(rings, [*untold, *(_news_of(row, one) for row, one in moved), *starts(claims)])
    return {row.id for row, _ in moved}, claims


def end_in(connection: Connection, store: Store, one: End) -> Row[Any] | None:
    """Write one end within a transaction; return the new row, or None when the attempt is no longer the job's."""
    lapsed_at = one.at if one.is_rescue else None
    row = make_move(connection, one.move, one.row.id, _values(one), attempt=one.row.attempt, lapsed_at=lapsed_at)
    if row is None:
        return None
    if one.move is not Move.SUCCEED:
        connection.execute(_INSERT_ATTEMPT, _attempt(one))
    if row.attempt > 1 and row.state in FINAL:
        _drop_earlier_attempts(connection, row, with_parts=one.move is Move.SUCCEED)
    if one.away:
        pause(connection, row, one.away, one.at, store.random)
    elif one.move is Move.SUCCEED and _is_probe(one) and not row.cached:
        resume(connection, row.pipeline)
    return row


def _makes_room(store: Store, one: End) -> bool:
    """Whether a job may be admitted now that might not before: a claim has freed the place in the window already."""
    return one.move is Move.REQUEUE or store.settings.quota_in_flight > 0 or _is_probe(one)


def _is_probe(one: End) -> bool:
    """Whether the run tried if a server is back."""
    return bool(one.row._mapping.get("is_paused", False))  # a row that was read again does not tell


def _are_plain(store: Store, ends: Sequence[End]) -> bool:
    """Whether they are successes of first attempts, as nearly all are, so that nothing is to be done beside."""
    return all(one.move is Move.SUCCEED and one.row.attempt == 1 and not _makes_room(store, one) for one in ends)


def _end_alike(store: Store, ends: Sequence[End], go_on: GoOn) -> tuple[set[str], list[Claim]]:
    """Write plain ends together. Raises _SomeLost, with nothing written, when one is no longer its job's."""
    moves = [(one.row.id, one.row.attempt, _values(one)) for one in ends]
    with store.database.write() as connection:
        if not move_alike(connection, Move.SUCCEED, moves):
            raise _SomeLost
        claims = go_on(connection)
    told = (news.succeeded(one.row, one.at, one.values["warnings"]) for one in ends)
    store.wire.send(events=[*told, *starts(claims)])
    return {one.row.id for one in ends}, claims


class _SomeLost(Exception):
    """Rolls the others back."""


def _values(one: End) -> dict[str, Any]:  # Any: columns of the jobs table
    values = dict(one.values)
    if one.move is not Move.REQUEUE:
        values |= {"finished_at": one.at, "lease_until": None}
        if one.started_at is not None:
            values["started_at"] = one.started_at
    return values


def _attempt(one: End) -> dict[str, Any]:  # Any: columns of the attempts table
    return {
        "job_id": one.row.id,
        "attempt": one.row.attempt,
        "worker": one.row.worker,
        "started_at": one.row.started_at if one.started_at is None else one.started_at,
        "ended_at": one.at,
        "error": one.error,
    }


def _drop_earlier_attempts(connection: Connection, row: Row[Any], *, with_parts: bool) -> None:
    """Only the last attempt's work is the job's; a failed job's checkpoint and its parts serve a retry by hand."""
    tables = (outputs, parts) if with_parts else (outputs,)
    for table in tables:
        connection.execute(delete(table).where(table.c.job_id == row.id, table.c.attempt < row.attempt))
    if with_parts:
        connection.execute(delete(checkpoints).where(checkpoints.c.job_id == row.id))


def _news_of(row: Row[Any], one: End) -> Event:
    return news.finished(row, one.at) if row.state in FINAL else news.queued(row, one.at)
