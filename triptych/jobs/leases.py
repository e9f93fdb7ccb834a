"""A worker's side of a job: claim it, keep the lease, keep what is made, and end it (law 3).

Every write here carries the attempt number. When it changes no row the run has lost its lease or was cancelled, and
``LeaseLost`` says so: whatever the run still makes is not the job's.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from pipelines.contract import Lane, Output, Part, Result
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.inputs import inputs_with_content
from triptych.jobs.job import Job, StoredOutput
from triptych.jobs.moves import make_move
from triptych.jobs.states import JobState, Move
from triptych.jobs.tables import attempts, jobs, outputs, parts
from triptych.store import Store

# What a queued job has of the run it had.
NOBODYS = {
    "rung_at": None,
    "lease_until": None,
    "worker": None,
    "started_at": None,
    "fraction": None,
    "note": None,
}
_TOUCH = update(jobs).where(
    jobs.c.id == bindparam("the_id"),
    jobs.c.attempt == bindparam("the_attempt"),
    jobs.c.state == JobState.RUNNING,
)
_END_ATTEMPT = update(attempts).where(
    attempts.c.job_id == bindparam("the_id"), attempts.c.attempt == bindparam("the_attempt")
)


class LeaseLost(Exception):
    """The attempt is no longer the job's: it was cancelled, or rescued by somebody else."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this process alone may write, until ``LeaseLost``.

    ``content`` holds, by file id, the bytes of those inputs that are in no blob.
    """

    row: Row[Any]
    job: Job
    content: Mapping[str, bytes]

    @property
    def lane(self) -> Lane:
        """The lane it came from."""
        return Lane(self.row.lane)


def claim(store: Store, job_id: str, worker: str) -> Claim | None:
    """Claim a queued job; None when somebody else has it or nobody wants it any more."""
    now = store.clock()
    with store.database.write() as connection:
        row = make_move(
            connection,
            Move.CLAIM,
            job_id,
            {
                "worker": worker,
                "started_at": now,
                "lease_until": now + store.settings.lease_s,
                "fraction": None,
                "note": None,
            },
        )
        if row is None:
            return None
        connection.execute(
            insert(attempts),
            {"job_id": job_id, "attempt": row.attempt, "worker": worker, "started_at": now},
        )
        inputs, content = inputs_with_content(connection, job_id)
        rings = admit(connection, Lane(row.lane), store.settings.window, now)
    store.wire.send(rings, [news.started(row, now)])
    return Claim(row, Job.of(row, inputs=inputs), content)


def renew(store: Store, claimed: Claim) -> None:
    """Keep the lease for another ``lease_s`` seconds. Raises LeaseLost."""
    with store.database.write() as connection:
        _still_ours(connection, claimed, lease_until=store.clock() + store.settings.lease_s)


def is_ours(store: Store, claimed: Claim) -> bool:
    """Whether the attempt is still the job's; cheaper than a renewal."""
    with store.database.read() as connection:
        held = select(jobs.c.id).where(
            jobs.c.id == claimed.job.id, jobs.c.state == JobState.RUNNING, jobs.c.attempt == claimed.row.attempt
        )
        return connection.execute(held).first() is not None


def record_progress(store: Store, claimed: Claim, fraction: float | None, note: str) -> None:
    """Store how far the run is and tell it. Raises LeaseLost."""
    with store.database.write() as connection:
        _still_ours(connection, claimed, fraction=fraction, note=note)
    store.wire.send(events=[news.progressed(claimed.row, store.clock(), fraction, note)])


def keep_part(store: Store, claimed: Claim, seq: int, part: Part) -> None:
    """Store a part and tell it. Raises LeaseLost."""
    with store.database.write() as connection:
        _still_ours(connection, claimed)
        connection.execute(
            insert(parts),
            {
                "job_id": claimed.job.id,
                "attempt": claimed.row.attempt,
                "seq": seq,
                "kind": part.kind,
                "body": dict(part.body),
            },
        )
    store.wire.send(events=[news.part_made(claimed.row, store.clock(), seq, part)])


def keep_output(store: Store, claimed: Claim, ordinal: int, output: Output) -> None:
    """Store an output's bytes and row and tell it. Raises LeaseLost, and blobs.NoDisk."""
    blob = store.blobs.keep_file(output.path)
    stored = StoredOutput(output.name, output.media_type, blob.size_bytes, blob.sha256)
    with store.database.write() as connection:
        _still_ours(connection, claimed)
        connection.execute(
            insert(outputs),
            {"job_id": claimed.job.id, "attempt": claimed.row.attempt, "ordinal": ordinal, **asdict(stored)},
        )
    store.wire.send(events=[news.output_kept(claimed.row, store.clock(), stored)])


def succeed(store: Store, claimed: Claim, result: Result) -> None:
    """Keep the result as the job's one result. Raises LeaseLost."""
    values = {
        "result": dict(result.body),
        "engine": asdict(result.engine),
        "warnings": list(result.warnings),
        "fraction": 1.0,
        "note": None,
        "error": None,
    }
    _finish(store, claimed, Move.SUCCEED, values, error=None)


def fail(store: Store, claimed: Claim, code: str, message: str) -> None:
    """End the job as failed; ``code`` is stable, ``message`` is for its owner. Raises LeaseLost."""
    error = {"code": code, "message": message}
    _finish(store, claimed, Move.FAIL, {"error": error}, error=error)


def try_again(store: Store, claimed: Claim, code: str, message: str) -> None:
    """Queue the job again after a failure that may pass, or fail it after ``max_attempts``. Raises LeaseLost."""
    failures = claimed.row.failures + 1
    if failures >= store.settings.max_attempts:
        fail(store, claimed, code, message)
    else:
        _requeue(store, claimed, {"code": code, "message": message}, failures)


def hand_back(store: Store, claimed: Claim) -> None:
    """Queue the job again as if it had not been claimed: the worker is going away. Raises LeaseLost."""
    stopped = {"code": "handed_back", "message": "the worker was stopped"}
    _requeue(store, claimed, stopped, claimed.row.failures)


def _requeue(store: Store, claimed: Claim, error: dict[str, str], failures: int) -> None:
    now = store.clock()
    with store.database.write() as connection:
        row = make_move(
            connection,
            Move.REQUEUE,
            claimed.job.id,
            {**NOBODYS, "failures": failures},
            attempt=claimed.row.attempt,
        )
        if row is None:
            raise LeaseLost(claimed.job.id)
        _end_attempt(connection, claimed, now, error)
        rings = admit(connection, claimed.lane, store.settings.window, now)
    store.wire.send(rings, [news.queued(row, now)])


def _finish(
    store: Store,
    claimed: Claim,
    move: Move,
    values: dict[str, Any],  # Any: columns of the jobs table
    error: dict[str, str] | None,
) -> None:
    now = store.clock()
    with store.database.write() as connection:
        row = make_move(
            connection,
            move,
            claimed.job.id,
            {"finished_at": now, "lease_until": None, **values},
            attempt=claimed.row.attempt,
        )
        if row is None:
            raise LeaseLost(claimed.job.id)
        _end_attempt(connection, claimed, now, error)
        _drop_earlier_attempts(connection, claimed)
    store.wire.send(events=[news.finished(row, now)])  # the claim freed the job's place in the window, and filled it


def _still_ours(connection: Connection, claimed: Claim, **values: Any) -> None:  # Any: columns of the jobs table
    """Touch the row under the attempt's number: on PostgreSQL that also keeps a cancel waiting until the commit."""
    held = {"the_id": claimed.job.id, "the_attempt": claimed.row.attempt, "worker": claimed.row.worker}
    if connection.execute(_TOUCH, {**held, **values}).rowcount == 0:
        raise LeaseLost(claimed.job.id)


def _end_attempt(connection: Connection, claimed: Claim, now: float, error: dict[str, str] | None) -> None:
    ended = {"the_id": claimed.job.id, "the_attempt": claimed.row.attempt, "ended_at": now, "error": error}
    connection.execute(_END_ATTEMPT, ended)


def _drop_earlier_attempts(connection: Connection, claimed: Claim) -> None:
    """Only the finishing attempt's parts and outputs are the job's; the earlier ones' bytes go with the next sweep."""
    if claimed.row.attempt == 1:
        return
    for table in (parts, outputs):
        connection.execute(delete(table).where(table.c.job_id == claimed.job.id, table.c.attempt < claimed.row.attempt))
