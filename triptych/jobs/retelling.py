"""What was committed and never told, because the process that was about to tell it died in between.

A list shows a job from its first event on, and whoever waits for one waits for its last: both are looked for in the
stream for each job that came or ended in the last moments. That a run began is looked for by whoever ends it for
another, who may have died before telling it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

import structlog
from redis.exceptions import RedisError
from sqlalchemy import Row, Select, bindparam, or_, select, text

from triptych.clocks import APART_S
from triptych.events.event import Event
from triptych.ids import first_id_of
from triptych.jobs import news
from triptych.jobs.tables import jobs
from triptych.store import Store
from triptych.times import iso_time

log = structlog.get_logger()

SETTLE_S = 2.0  # between a commit and its event
AT_A_TIME = 1000  # jobs
TOLD_WITHIN_S = 30.0  # of its claim a start is told, if it is
LEASES_OF_THE_LIVING = 3
SKEW_S = 2 * APART_S  # between the clocks of two of our machines; Redis' own is asked for

_MOMENT = (jobs.c.id, jobs.c.attempt, jobs.c.finished_at)
_ENDED = (
    select(*_MOMENT)
    .where(
        jobs.c.finished_at >= bindparam("since"),
        or_(jobs.c.finished_at > bindparam("since"), jobs.c.id > bindparam("after")),
        jobs.c.finished_at < bindparam("until"),
    )
    .order_by(jobs.c.finished_at, jobs.c.id)
    .limit(AT_A_TIME)
)
_CAME = (
    select(*_MOMENT)
    .where(
        jobs.c.id > bindparam("after"),
        jobs.c.created_at < bindparam("until"),
        text("state = 'queued' AND attempt = 0"),
    )
    .order_by(jobs.c.id)
    .limit(AT_A_TIME)
)
_ROWS = select(jobs).where(jobs.c.id.in_(bindparam("ids", expanding=True))).order_by(jobs.c.id)


class _Moment(NamedTuple):
    """What is to be told: that a job came, or that it ended then. A job that is queued anew may end anew.

    The attempt alone does not tell one end from another: who cancels what waits, and retries it, begins none.
    """

    job_id: str
    attempt: int
    ended_at: float | None

    @classmethod
    def of(cls, row: Row[Any]) -> "_Moment":
        return cls(row.id, row.attempt, row.finished_at)


@dataclass(frozen=True, slots=True)
class _Told:
    """Of which jobs the stream tells that they came, and of which attempts that they ended, and when."""

    came: frozenset[str]
    ended: frozenset[tuple[str, int, str]]

    def tells(self, moment: _Moment) -> bool:
        if moment.ended_at is None:
            return moment.job_id in self.came
        return (moment.job_id, moment.attempt, iso_time(moment.ended_at)) in self.ended


@dataclass(frozen=True, slots=True)
class _Stream:
    """Since when it tells, by our clock, and how far Redis' is ahead of that one, in seconds."""

    begins_at: float
    ahead_s: float

    @classmethod
    def of(cls, store: Store) -> "_Stream | None":
        """None while it is empty: whoever comes to listen is told where it stands, and looks at what there is.

        Raises RedisError.
        """
        ahead_s = store.wire.time() - store.clock()
        begins_at = store.wire.begins_at()
        return None if begins_at is None else cls(begins_at - ahead_s, ahead_s)

    def for_another(self, event: Event) -> Event:
        """The event, told for who was to tell it; not in the stream that comes after this one."""
        return replace(event, stream_begun_by=event.at + self.ahead_s)


def settle_s(store: Store) -> float:
    """How long what was committed is left alone, because its process may be telling it this moment."""
    return min(SETTLE_S, store.settings.sweep_s)


def tell_what_was_lost(store: Store, since: float) -> list[str]:
    """Tell of the jobs that came or ended after ``since``, in seconds, and of which the stream does not tell.

    Returns their ids. What is older than the stream is left alone: where Redis lost it, everybody was told to refetch.
    Raises RedisError.
    """
    until = store.clock() - settle_s(store)
    stream = _Stream.of(store)
    if stream is None:
        return []
    rows_since, since = max(since - APART_S, stream.begins_at), max(since, stream.begins_at)
    told: _Told | None = None
    retold: list[str] = []
    came = _pages(store, _CAME, {"after": first_id_of(rows_since), "until": until})
    for page in chain(came, _pages(store, _ENDED, {"since": rows_since, "after": "", "until": until})):
        told = told or _told(store, since + stream.ahead_s - SKEW_S)
        retold += _tell(store, stream, frozenset(moment for moment in page if not told.tells(moment)))
    return retold


def was_in_good_hands(store: Store, row: Row[Any]) -> bool:
    """Whether the run in ``row`` was renewed for so long that its start was told, as whoever runs one does at once."""
    return bool(row.lease_until - row.started_at >= LEASES_OF_THE_LIVING * store.settings.lease_s)


def untold_starts(store: Store, rows: Sequence[Row[Any]]) -> list[Event]:
    """Of the runs in ``rows``, as they were when they ran, the starts of which the stream does not tell.

    None of those that the stream is too young to tell of, and none while Redis is away: everybody is told to refetch.
    """
    if not rows:
        return []
    try:
        stream = _Stream.of(store)
        if stream is None:
            return []
        told = _starts_told(store, rows, stream.ahead_s)
    except RedisError as error:
        log.warning("it is not known whether starts were told", error=str(error))
        return []
    untold = [row for row in rows if row.started_at > stream.begins_at and (row.id, row.attempt) not in told]
    return [stream.for_another(news.started(row, row.started_at)) for row in untold]


def _starts_told(store: Store, rows: Sequence[Row[Any]], ahead_s: float) -> set[tuple[str, int]]:
    ids, times = {row.id for row in rows}, [row.started_at + ahead_s for row in rows]
    since, until = min(times) - SKEW_S, max(times) + SKEW_S + TOLD_WITHIN_S
    events = store.wire.read(f"{max(int(since * 1000), 0)}-0", f"{int(until * 1000)}")
    starts = (event for event in events if event.job_id in ids and event.is_start)
    return {(event.job_id, json.loads(event.body)["data"]["attempt"]) for event in starts}


def _pages(store: Store, statement: Select[Any], where: dict[str, Any]) -> Iterator[Sequence[_Moment]]:
    """Up to ``AT_A_TIME`` at once, so that it does not matter how many there are."""
    while True:
        with store.database.read() as connection:
            page = [_Moment.of(row) for row in connection.execute(statement, where)]
        if page:
            yield page
        if len(page) < AT_A_TIME:
            return
        where = {**where, "after": page[-1].job_id, "since": page[-1].ended_at}


def _told(store: Store, since: float) -> _Told:
    came: set[str] = set()
    ended: set[tuple[str, int, str]] = set()
    for event in store.wire.read(f"{max(int(since * 1000), 0)}-0"):
        came.add(event.job_id)
        if event.is_end:
            body = json.loads(event.body)
            ended.add((event.job_id, body["data"]["attempt"], body["at"]))
    return _Told(frozenset(came), frozenset(ended))


def _tell(store: Store, stream: _Stream, lost: frozenset[_Moment]) -> list[str]:
    """Tell what was lost of those jobs to which nothing has happened since, which would be told before it."""
    if not lost:
        return []
    with store.database.read() as connection:
        found = connection.execute(_ROWS, {"ids": sorted(moment.job_id for moment in lost)})
        rows = [row for row in found if _Moment.of(row) in lost]
    for row in rows:
        log.warning("told what nobody was told", job_id=row.id, state=row.state)
    store.wire.send(events=[stream.for_another(_news_of(row)) for row in rows])
    return [row.id for row in rows]


def _news_of(row: Row[Any]) -> Event:
    return news.queued(row, row.queued_at) if row.finished_at is None else news.finished(row, row.finished_at)
