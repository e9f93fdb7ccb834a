"""Making the jobs of a running batch's lines, some ahead of what is done: what was paused holds back, quotas are kept.

A job is made by the transaction that marks its line, and no other job of the same line can be: whoever goes on with the
batch behind a crash doubles nothing.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from pipelines.contract import Lane
from triptych.accounts.quotas import quotas_of
from triptych.batches.checking import look, sources_of
from triptych.batches.line import BadLine
from triptych.batches.preparing import Ready, prepare
from triptych.batches.states import BatchState, Step
from triptych.batches.tables import batch_lines, batches
from triptych.events.event import Event
from triptych.ids import new_id
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.family import hold
from triptych.jobs.quotas import QuotaExceeded, room_for
from triptych.jobs.retrying import queue_again
from triptych.jobs.selection import locked
from triptych.jobs.states import FINAL, JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import accept_in
from triptych.jobs.tables import jobs
from triptych.rings import Ring
from triptych.store import Store

AHEAD = 2000  # jobs of a batch that wait at a time: what two cores do of the shortest in some seconds
PAGE_LINES = 250  # made by one transaction, for which whoever submits waits

_QUEUED = select(func.count()).where(jobs.c.batch_id == bindparam("batch"), jobs.c.state == JobState.QUEUED)
_WAITING = (
    select(batch_lines)
    .where(batch_lines.c.batch_id == bindparam("batch"), batch_lines.c.step == Step.WAITING)
    .order_by(batch_lines.c.number)
)
_MARK = update(batch_lines).where(
    batch_lines.c.batch_id == bindparam("batch"), batch_lines.c.number == bindparam("line")
)


def make_page(store: Store, batch_id: str) -> bool:
    """Make the jobs of the next waiting lines, as many as may wait; whether any line got on.

    Where the owner's files would hold too many bytes, the batch is paused, and tells so.
    """
    with store.database.read() as connection:
        row = connection.execute(select(batches).where(batches.c.id == batch_id)).one()
        room = _room(connection, store, row)
        waiting = connection.execute(_WAITING.limit(room), {"batch": batch_id}).all() if room > 0 else []
    if not waiting:
        return False
    ready = prepare(store, row, waiting)
    try:
        with store.database.write() as connection:
            held = _held(connection, batch_id)  # since the look, lines may have been made, and failed
            if held is None:
                return False
            rings, events = _make(connection, store, held, ready)
    except QuotaExceeded as error:
        if error.what != "queued":
            _pause(store, batch_id, str(error))
        return False
    store.wire.send(rings, events)
    return True


def _room(connection: Connection, store: Store, row: Row[Any]) -> int:
    """How many jobs may be made now: of what the owner may have waiting, half is left to other work."""
    quota = quotas_of(connection, store.settings, row.owner).queued
    ahead = min(AHEAD, max(quota // 2, 1)) if quota else AHEAD
    left = ahead - connection.execute(_QUEUED, {"batch": row.id}).scalar_one()
    try:
        return room_for(connection, store.settings, row.owner, min(left, PAGE_LINES)) if left > 0 else 0
    except QuotaExceeded:
        return 0


def _held(connection: Connection, batch_id: str) -> Row[Any] | None:
    """The batch's row, locked, where it still runs."""
    held = select(batches).where(
        batches.c.id == batch_id, batches.c.state == BatchState.RUNNING, batches.c.chore.is_(None)
    )
    return connection.execute(held.with_for_update()).one_or_none()


def _pause(store: Store, batch_id: str, message: str) -> None:
    error = {"code": "quota_exceeded", "message": message}
    pause = update(batches).where(batches.c.id == batch_id, batches.c.state == BatchState.RUNNING)
    with store.database.write() as connection:
        connection.execute(pause.values(state=BatchState.PAUSED, error=error))


def _make(
    connection: Connection, store: Store, row: Row[Any], ready: Sequence[Ready]
) -> tuple[Sequence[Ring], Sequence[Event]]:
    """Make the jobs of those lines that still wait, or have those done again that they had."""
    still = _still_waiting(connection, row.id, [one.number for one in ready])
    had = _jobs_of(connection, row, sorted(still))
    new = [one for one in ready if one.number in still and one.number not in had]
    known = look(connection, row, (source for one in new for source in sources_of(one.line)), held=True)
    fresh, lost = list[Submission](), dict[int, BadLine]()
    for one, job_id in zip(new, sorted(new_id() for _ in new), strict=True):  # jobs are listed by their ids
        try:
            fresh.append(one.submission(row, known, job_id))
        except BadLine as error:
            lost[one.number] = error
    accepted = accept_in(connection, store, fresh)
    rings, events = _do_again(connection, store, row.owner, list(had.values()))
    _mark(connection, row.id, still - lost.keys(), lost, len(had))
    return [*accepted.rings, *rings], [*accepted.news, *events]


def _still_waiting(connection: Connection, batch_id: str, numbers: Sequence[int]) -> set[int]:
    its = (batch_lines.c.batch_id == batch_id, batch_lines.c.number.in_(numbers), batch_lines.c.step == Step.WAITING)
    return set(connection.execute(select(batch_lines.c.number).where(*its)).scalars())


def _jobs_of(connection: Connection, row: Row[Any], numbers: Sequence[int]) -> dict[int, str]:
    """The ids of the jobs that these lines have already."""
    its = select(jobs.c.batch_line, jobs.c.id).where(jobs.c.batch_id == row.id, jobs.c.batch_line.in_(numbers))
    return {row.batch_line: row.id for row in connection.execute(its)} if row.again else {}


def _do_again(
    connection: Connection, store: Store, owner: str, job_ids: Sequence[str]
) -> tuple[Sequence[Ring], Sequence[Event]]:
    """Queue those of the jobs again that did not succeed, unless their owner has done so by hand meanwhile."""
    if not job_ids:
        return (), ()
    now = store.clock()
    hold(connection, job_ids)
    queued = queue_again(connection, locked(connection, owner, job_ids, FINAL - {JobState.SUCCEEDED}), now)
    lanes = sorted({row.lane for row in queued})
    rings = [ring for lane in lanes for ring in admit(connection, store, Lane(lane), now)]
    return rings, [news.queued(row, now) for row in queued]


def _mark(connection: Connection, batch_id: str, made: set[int], lost: dict[int, BadLine], again: int) -> None:
    marks: list[dict[str, Any]] = [  # Any: parameters
        {"batch": batch_id, "line": number, "step": Step.MADE, "error": None} for number in sorted(made)
    ]
    marks += [
        {"batch": batch_id, "line": number, "step": Step.INVALID, "error": error.told} for number, error in lost.items()
    ]
    if marks:
        connection.execute(_MARK, marks)
    counts = {
        "waiting": batches.c.waiting - len(marks),
        "invalid": batches.c.invalid + len(lost),
        "again": batches.c.again - again,
    }
    connection.execute(update(batches).where(batches.c.id == batch_id).values(**counts))
