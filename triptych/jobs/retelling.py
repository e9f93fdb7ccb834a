"""What was committed and never told, because the process that was about to tell it died in between.

A list shows a job from its first event on, and whoever waits for one waits for its last: both are looked for in the
stream for each job that came or ended in the last moments.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Row, bindparam, select, text

from triptych.ids import first_id_of
from triptych.jobs import news
from triptych.jobs.tables import jobs
from triptych.store import Store

log = structlog.get_logger()

SETTLE_S = 2.0  # between a commit and its event
AT_A_TIME = 100_000  # looked for, by their ids
RETOLD_AT_A_TIME = 1000
SKEW_S = 10.0  # by which Redis' clock may be behind ours: what it numbered earlier is looked at too

_ENDED = (
    select(jobs.c.id, jobs.c.attempt)
    .where(jobs.c.finished_at >= bindparam("since"), jobs.c.finished_at < bindparam("until"))
    .order_by(jobs.c.finished_at)
    .limit(AT_A_TIME)
)
_CAME = (
    select(jobs.c.id)
    .where(
        jobs.c.id >= bindparam("first"),
        jobs.c.created_at < bindparam("until"),
        text("state = 'queued' AND attempt = 0"),
    )
    .order_by(jobs.c.id)
    .limit(AT_A_TIME)
)
_ROWS = select(jobs).where(jobs.c.id.in_(bindparam("ids", expanding=True))).order_by(jobs.c.id)


@dataclass(frozen=True, slots=True)
class _Told:
    """Of which jobs the stream tells that they came, and of which attempts that they ended."""

    came: frozenset[str]
    ended: frozenset[tuple[str, int]]


def settle_s(store: Store) -> float:
    """How long what was committed is left alone, because its process may be telling it this moment."""
    return min(SETTLE_S, store.settings.sweep_s)


def tell_what_was_lost(store: Store, since: float) -> list[str]:
    """Tell of the jobs that came or ended after ``since``, in seconds, and of which the stream does not tell.

    Returns their ids. What is older than the stream is left alone: where Redis lost it, everybody was told to refetch.
    Raises RedisError.
    """
    until = store.clock() - settle_s(store)
    since = max(since, store.wire.begins_at())
    with store.database.read() as connection:
        came = connection.execute(_CAME, {"first": first_id_of(since), "until": until}).all()
        ended = connection.execute(_ENDED, {"since": since, "until": until}).all()
    if not came and not ended:
        return []
    told = _told(store, since - SKEW_S)
    lost = _rows(store, [row.id for row in came if row.id not in told.came])
    lost_ends = _rows(store, [row.id for row in ended if (row.id, row.attempt) not in told.ended])
    _report([*lost, *lost_ends])
    store.wire.send(events=[news.queued(row, row.created_at) for row in lost])
    store.wire.send(events=[news.finished(row, row.finished_at) for row in lost_ends if row.finished_at is not None])
    return [row.id for row in [*lost, *lost_ends]]


def _rows(store: Store, job_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The first of them; the next sweep looks again."""
    if not job_ids:
        return ()
    with store.database.read() as connection:
        return connection.execute(_ROWS, {"ids": list(job_ids[:RETOLD_AT_A_TIME])}).all()


def _told(store: Store, since: float) -> _Told:
    came: set[str] = set()
    ended: set[tuple[str, int]] = set()
    for event in store.wire.read(f"{max(int(since * 1000), 0)}-0"):
        came.add(event.job_id)
        if event.is_end:
            ended.add((event.job_id, json.loads(event.body)["data"]["attempt"]))
    return _Told(frozenset(came), frozenset(ended))


def _report(rows: Sequence[Row[Any]]) -> None:
    for row in rows:
        log.warning("told what nobody was told", job_id=row.id, state=row.state)
