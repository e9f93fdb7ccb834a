"""Results that are kept and serve again where the same work is asked for, told as ``cached``."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, literal, select

from pipelines.contract import Lane, Part, PartKind
from triptych.events.event import Event
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.ending import end_in, makes_room, settle
from triptych.jobs.ends import End
from triptych.jobs.family import hold_together, is_waited_for
from triptych.jobs.job import StoredOutput
from triptych.jobs.leases import LeaseLost
from triptych.jobs.remembering import remember
from triptych.jobs.states import Move
from triptych.jobs.tables import HAS_WORK_KEY, jobs, outputs, parts
from triptych.rings import Ring
from triptych.store import Store

_KEPT = (
    select(jobs)
    .where(
        jobs.c.owner == bindparam("the_owner"),
        jobs.c.work_key == bindparam("key"),
        HAS_WORK_KEY,  # only jobs that succeeded have one
    )
    .order_by(jobs.c.finished_at.desc())
    .limit(1)
)
_SERVED = ("result", "engine", "warnings", "work_key")


class Served(NamedTuple):
    """What is to be sent of a job that was served, by who no longer shows it as running.

    The wait for a slow Redis is none of its time.
    """

    rings: Sequence[Ring]
    events: Sequence[Event]


def serve_again(store: Store, row: Row[Any], work_key: str) -> Served | None:
    """End the claimed job with what one of its owner's has under ``work_key``; None when none has anything.

    Parts and outputs are the same ones, under the new job's name. Raises LeaseLost.
    """
    now = store.clock()
    asked = {"the_owner": row.owner, "key": work_key}
    with store.database.read() as connection:
        if connection.execute(_KEPT, asked).first() is None:
            return None
    with store.database.write() as connection:
        if is_waited_for(row):
            hold_together(connection, [row.id], [row.parent_id])
        kept = connection.execute(_KEPT.with_for_update(read=True), asked).first()  # nobody deletes it meanwhile
        if kept is None:
            return None
        values = {name: kept._mapping[name] for name in _SERVED}
        end = End(row, now, Move.SUCCEED, {**values, "fraction": 1.0, "cached": True})
        ended = end_in(connection, store, end)
        if ended is None:
            raise LeaseLost(row.id)
        events = [*_copy_parts(connection, kept, ended, now), *_copy_outputs(connection, kept, ended, now)]
        family = settle(connection, [ended], now)
        lanes = family.lanes | ({row.lane} if makes_room(store, end) else set())
        rings = [ring for lane in sorted(lanes) for ring in admit(connection, store, Lane(lane), now)]
        following = remember(connection, store, [ended], now)
    events = [*events, news.finished(ended, now), *family.events, *following.events]
    return Served([*rings, *following.rings], events)


def _copy_parts(connection: Connection, kept: Row[Any], ended: Row[Any], now: float) -> list[Event]:
    its_own = select(literal(ended.id), literal(ended.attempt), parts.c.seq, parts.c.kind, parts.c.body)
    source = its_own.where(parts.c.job_id == kept.id, parts.c.attempt == kept.attempt)
    connection.execute(insert(parts).from_select(["job_id", "attempt", "seq", "kind", "body"], source))
    copied = select(parts).where(parts.c.job_id == ended.id, parts.c.attempt == ended.attempt).order_by(parts.c.seq)
    return [
        news.part_made(ended, now, row.seq, Part(PartKind(row.kind), row.body)) for row in connection.execute(copied)
    ]


def _copy_outputs(connection: Connection, kept: Row[Any], ended: Row[Any], now: float) -> list[Event]:
    columns = (outputs.c.name, outputs.c.ordinal, outputs.c.media_type, outputs.c.size_bytes, outputs.c.sha256)
    source = select(literal(ended.id), literal(ended.attempt), *columns).where(
        outputs.c.job_id == kept.id, outputs.c.attempt == kept.attempt
    )
    names = ["job_id", "attempt", *(column.name for column in columns)]
    connection.execute(insert(outputs).from_select(names, source))
    copied = (
        select(outputs)
        .where(outputs.c.job_id == ended.id, outputs.c.attempt == ended.attempt)
        .order_by(outputs.c.ordinal)
    )
    return [
        news.output_kept(ended, now, StoredOutput(row.name, row.media_type, row.size_bytes, row.sha256))
        for row in connection.execute(copied)
    ]
