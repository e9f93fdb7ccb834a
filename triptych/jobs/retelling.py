"""Ends that were committed and never told, because the process that was about to tell them died in between.

Whoever waits for a job waits for its last event, so each end of the last moments is looked for in the stream.
"""

import json

import structlog
from sqlalchemy import Row, bindparam, select

from triptych.jobs import news
from triptych.jobs.tables import jobs
from triptych.store import Store

log = structlog.get_logger()

SETTLE_S = 2.0  # between a commit and its event; a clock of Redis' that is wrong by less does no harm
AT_A_TIME = 5000

_ENDED = (
    select(jobs)
    .where(jobs.c.finished_at >= bindparam("since"), jobs.c.finished_at < bindparam("until"))
    .order_by(jobs.c.finished_at)
    .limit(AT_A_TIME)
)


def tell_lost_ends(store: Store, since: float) -> list[str]:
    """Tell the end of every job that ended after ``since``, in seconds, and of which the stream does not tell.

    Returns their ids. What ended less than ``SETTLE_S`` ago is left for the next time. Raises RedisError.
    """
    until = store.clock() - SETTLE_S
    with store.database.read() as connection:
        ended = list(connection.execute(_ENDED, {"since": since, "until": until}).all())
    if not ended:
        return []
    told = _told_ends(store, since - SETTLE_S)
    lost = [row for row in ended if (row.id, row.attempt) not in told]
    for row in lost:
        log.warning("told an end that nobody was told", job_id=row.id, state=row.state)
    store.wire.send(events=[news.finished(row, _end_of(row)) for row in lost])
    return [row.id for row in lost]


def _told_ends(store: Store, since: float) -> set[tuple[str, int]]:
    events = (event for event in store.wire.read(f"{max(int(since * 1000), 0)}-0") if event.is_end)
    return {(event.job_id, json.loads(event.body)["data"]["attempt"]) for event in events}


def _end_of(row: Row[tuple[object, ...]]) -> float:
    return float(row.finished_at)
