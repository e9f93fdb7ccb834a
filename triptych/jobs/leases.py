"""A worker's claim on jobs, and the lease that keeps it (law 3).

Every write of a run carries the attempt number. When it changes no row the run has lost its lease or was cancelled, and
``LeaseLost`` says so: whatever the run still makes is not the job's.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Self

from sqlalchemy import Connection, Row, bindparam, select, update

from pipelines.contract import Lane
from triptych.events.event import Event
from triptych.jobs import news
from triptych.jobs.admission import admit, next_message
from triptych.jobs.inputs import inputs_with_content
from triptych.jobs.job import Job
from triptych.jobs.moves import claim_first_move, claim_moves
from triptych.jobs.states import JobState
from triptych.jobs.tables import IS_RUNNING, attempts, jobs
from triptych.jobs.window import look_at_window
from triptych.locking import among
from triptych.store import Store

_TOUCH = update(jobs).where(
    jobs.c.id == bindparam("the_id"),
    jobs.c.attempt == bindparam("the_attempt"),
    jobs.c.state == JobState.RUNNING,
)
_STANDS = select(jobs.c.id).where(
    jobs.c.id == bindparam("the_id"),
    jobs.c.attempt == bindparam("the_attempt"),
    jobs.c.state == JobState.RUNNING,
)
_IS_HELD = (IS_RUNNING, jobs.c.holder == bindparam("the_holder"))
_ALIVE = (
    select(jobs.c.id)
    .where(*_IS_HELD, jobs.c.process_id.in_(bindparam("alive", expanding=True)))
    .order_by(jobs.c.id)
    .with_for_update(skip_locked=True)  # one that is being ended this moment needs no lease; others come next time
)
_RENEW = update(jobs).where(among(jobs.c.id, _ALIVE)).values(lease_until=bindparam("until"))
_ENDED = select(attempts.c.job_id, attempts.c.attempt, attempts.c.ended_at).where(
    attempts.c.job_id.in_(bindparam("ids", expanding=True))
)
_HELD = select(jobs).where(*_IS_HELD)


class LeaseLost(Exception):
    """The attempt is no longer the job's: it was cancelled, or rescued by somebody else."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds leases: a process of ``worker``, the name that the history shows.

    ``token`` is the worker's incarnation: one that comes after it under the same name does not renew its leases.
    """

    worker: str
    token: str = field(default_factory=lambda: token_hex(16))
    process_id: int = field(default_factory=os.getpid)

    def forked(self) -> Self:
        """The same worker's holder in the calling process."""
        return type(self)(self.worker, self.token)


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this process alone may write, until ``LeaseLost``.

    ``content`` holds, by file id, the bytes of those inputs that are in no blob; ``waited_since``, in seconds since the
    epoch: for this attempt.
    """

    row: Row[Any]
    job: Job
    content: Mapping[str, bytes]
    waited_since: float


def claim(store: Store, job_id: str, holder: Holder) -> Claim | None:
    """Claim a queued job; None when somebody else has it, nobody wants it any more, or its server is away."""
    claims = claim_all(store, [job_id], holder)
    return claims[0] if claims else None


def claim_all(store: Store, job_ids: Sequence[str], holder: Holder) -> list[Claim]:
    """Claim those of the jobs, which are of one pipeline, that can be claimed, by one transaction."""
    now = store.clock()
    with store.database.write() as connection:
        claims = claim_in(connection, store, job_ids, holder, now)
        rings = admit(connection, store, Lane(claims[0].row.lane), now) if claims else []
    store.wire.send(rings, list(starts(claims)))
    return claims


def starts(claims: Sequence[Claim]) -> Iterator[Event]:
    """What is to be told of claims: that the jobs run, and before it that they were queued, if they were just now."""
    for claimed in claims:
        row = claimed.row
        if claimed.waited_since > row.started_at - news.NEW_S:
            yield news.came(row, row.attempt - 1, claimed.waited_since)
        yield news.started(row, row.started_at)


def claim_in(connection: Connection, store: Store, job_ids: Sequence[str], holder: Holder, now: float) -> list[Claim]:
    """Claim jobs within a transaction; their ``starts`` are to be told after its commit."""
    rows = claim_moves(connection, job_ids, now, held_by(holder, now, store)) if job_ids else []
    return with_inputs(connection, rows)


def claim_next_in(connection: Connection, store: Store, lane: Lane, holder: Holder, now: float) -> list[Claim]:
    """Claim, as ``claim_in`` does, the jobs of that message of the lane that is to come next."""
    window = look_at_window(connection, lane)
    queue = window.plain_queue
    bounds = store.flights.bounds(connection, store.settings, now)
    if queue is None or window.is_behind or bounds.of(queue[1]):
        return claim_in(connection, store, next_message(connection, store, lane, window, now), holder, now)
    values = held_by(holder, now, store)
    return with_inputs(connection, claim_first_move(connection, lane, *queue, values))


def held(store: Store, token: str) -> list[Row[Any]]:
    """The rows of the jobs that the worker with this token runs."""
    with store.database.read() as connection:
        return list(connection.execute(_HELD, {"the_holder": token}).all())


def is_ours(store: Store, claimed: Claim) -> bool:
    """Whether the attempt is still the job's."""
    with store.database.read() as connection:
        found = connection.execute(_STANDS, {"the_id": claimed.job.id, "the_attempt": claimed.row.attempt})
        return found.first() is not None


def renew(store: Store, token: str, alive: Collection[int]) -> int:
    """Keep the leases of the worker's processes that are ``alive`` for another ``lease_s`` seconds.

    Returns how many were kept: on PostgreSQL not those of jobs that are being written this moment.
    """
    with store.database.write() as connection:
        until = store.clock() + store.settings.lease_s
        kept = connection.execute(_RENEW, {"the_holder": token, "alive": sorted(alive), "until": until})
        return kept.rowcount


def still_ours(connection: Connection, claimed: Claim, **values: Any) -> None:  # Any: columns of the jobs table
    """Touch the row under the attempt's number: on PostgreSQL that also keeps a cancel waiting until the commit.

    Raises LeaseLost.
    """
    row = {"the_id": claimed.job.id, "the_attempt": claimed.row.attempt, "worker": claimed.row.worker}
    if connection.execute(_TOUCH, {**row, **values}).rowcount == 0:
        raise LeaseLost(claimed.job.id)


def with_inputs(connection: Connection, rows: Sequence[Row[Any]]) -> list[Claim]:
    """The claims of rows that were claimed."""
    if not rows:
        return []
    inputs, content = inputs_with_content(connection, [row.id for row in rows])
    again = _queued_again(connection, [row.id for row in rows if row.attempt > 1])
    return [
        Claim(
            row,
            Job.of(row, inputs=inputs.get(row.id, ())),
            content,
            max(row.queued_at, again.get((row.id, row.attempt - 1), 0.0)),
        )
        for row in rows
    ]


def _queued_again(connection: Connection, job_ids: Sequence[str]) -> dict[tuple[str, int], float]:
    """When the attempts of the jobs ended, behind each of which but the last its job was queued again."""
    if not job_ids:
        return {}
    return {(row.job_id, row.attempt): row.ended_at for row in connection.execute(_ENDED, {"ids": list(job_ids)})}


def held_by(holder: Holder, now: float, store: Store) -> dict[str, Any]:  # Any: columns of the jobs table
    """What a claimed job's row says of who holds it, and until when."""
    return {
        "worker": holder.worker,
        "holder": holder.token,
        "process_id": holder.process_id,
        "started_at": now,
        "lease_until": now + store.settings.lease_s,
        "fraction": None,
        "note": None,
    }
