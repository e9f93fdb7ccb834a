"""Admission: which waiting jobs stand in a lane's window in Redis (law 4).

The window is counted in messages. A message carries one job, or as many short jobs of one pipeline as take about a
quarter of a second together: then what a job costs beside its own work is shared.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, Update, bindparam, select, update

from pipelines.contract import Lane
from triptych.accounts.flights import FlightBounds
from triptych.jobs import news
from triptych.jobs.last_chances import last_chances
from triptych.jobs.messages import Message, MessageBook
from triptych.jobs.pauses import Pauses, pauses_of
from triptych.jobs.probes import next_probe
from triptych.jobs.queues import heads, in_flight
from triptych.jobs.states import JobState, Priority
from triptych.jobs.tables import IS_WAITING, jobs
from triptych.jobs.window import Window, look_at_window, size_of_window
from triptych.locking import among
from triptych.rings import Ring
from triptych.store import Store

PAGE = 32  # of an owner's oldest jobs, fetched as they are wanted


def admit(connection: Connection, store: Store, lane: Lane, now: float) -> list[Ring]:
    """Fill the lane's window from its backlog and return the rings to send after the commit.

    Interactive before batch, then the owner with least in flight, then age. An owner that has as much in flight as its
    quota allows is passed over, and so is a pipeline whose server is away, but for the job that tries if it is back.
    """
    window = look_at_window(connection, lane)
    free = size_of_window(connection, store, lane, now) - window.taken
    messages = _choose(connection, store, lane, window, free, now)
    return [ring for message in messages if (ring := _ring(connection, store, lane, message, now)) is not None]


def next_message(connection: Connection, store: Store, lane: Lane, window: Window, now: float) -> Sequence[str]:
    """The jobs of the one message that is to come next, for a worker that takes it without its going through Redis.

    None when something in the window goes before it: a better class, or another owner's; then it is rung for in its
    turn. And none that had an attempt, since whoever queued it again may be about to tell so.
    """
    if window.is_behind or not window.is_of_one_queue:
        return ()  # without a look at the jobs, which would keep another admission from those it locks
    messages = _choose(connection, store, lane, window, 1, now)
    is_first = bool(messages) and all(row.attempt == 0 for row in messages[0].rows)
    return messages[0].job_ids if is_first else ()


def _choose(
    connection: Connection, store: Store, lane: Lane, window: Window, free: int, now: float
) -> Sequence[Message]:
    if window.rank is None or free <= 0:
        return ()
    paused = pauses_of(connection, lane, now) if window.is_paused else Pauses()
    bounds = store.flights.bounds(connection, store.settings, now)
    choice = _Choice(connection, lane, window, free, paused, bounds)
    book = MessageBook(free, lambda pipeline: store.paces.pace(connection, lane, pipeline, now).mean_run_s)
    for row in choice.probes():
        book.take_alone(row)
    for row in choice.in_order():
        if not book.take(row):
            break
    return book.messages


# How many of the owner are in flight, since when the queue's first job waits, the owner, and that job once it was read.
_Turn: TypeAlias = tuple[int, float, str, Row[Any] | None]


@dataclass(slots=True)
class _Choice:
    """Chooses among the waiting jobs of a lane."""

    connection: Connection
    lane: Lane
    window: Window
    free: int
    paused: Pauses
    bounds: FlightBounds
    _chosen: Counter[str] = field(default_factory=Counter)
    _in_flight: dict[str, int] | None = None

    def probes(self) -> Iterator[Row[Any]]:
        """Of each pipeline whose pause is over, the job that is to try whether its server is back."""
        for pipeline in sorted(self.paused.probed):
            owners = in_flight(self.connection, self.lane) if self.bounds else {}
            full = [owner for owner, count in owners.items() if self.bounds.is_reached(owner, count)]
            if (row := next_probe(self.connection, self.lane, pipeline, full)) is not None:
                self._chosen[row.owner] += 1
                yield row

    def in_order(self) -> Iterator[Row[Any]]:
        """Waiting jobs, each class in turn, and in it each turn the oldest of the owner with least in flight."""
        for priority in list(Priority)[self.window.rank or 0 :]:
            only = self.window.only_owner if priority.rank == self.window.rank else None
            if only is not None and not self.bounds.of(only):
                for row in self._oldest_of(only, priority):
                    self._chosen[only] += 1
                    yield row
            else:
                yield from self._fair_turns(priority)

    def _fair_turns(self, priority: Priority) -> Iterator[Row[Any]]:
        """A queue is read when its turn comes: what this costs does not grow with the owners that wait behind."""
        waiting = heads(self.connection, self.lane, priority)
        queues = {owner: self._oldest_of(owner, priority) for owner, _ in waiting}
        turns: list[_Turn] = [(self._count(owner), queued_at, owner, None) for owner, queued_at in waiting]
        heapq.heapify(turns)
        while turns:
            count, _, owner, row = heapq.heappop(turns)
            if self.bounds.is_reached(owner, count):
                continue
            if row is not None:
                self._chosen[owner] += 1
                yield row
            if (following := next(queues[owner], None)) is not None:
                heapq.heappush(turns, (self._count(owner), following.queued_at, owner, following))

    def _count(self, owner: str) -> int:
        if self._in_flight is None:
            self._in_flight = in_flight(self.connection, self.lane)
        return self._in_flight.get(owner, 0) + self._chosen[owner]

    def _oldest_of(self, owner: str, priority: Priority) -> Iterator[Row[Any]]:
        where: dict[str, Any] = {"lane": self.lane, "priority": priority.rank, "owner": owner}  # Any: the parameters
        paused = self.paused.held | self.paused.probed
        if paused:
            where["paused"] = paused
        statement, offset, size = _oldest(but_for_paused=bool(paused)), 0, min(self.free + 1, PAGE)
        seen: set[str] = set()  # a row that another transaction held for a moment shifts those behind it
        while True:
            page = self.connection.execute(statement, {**where, "page": size, "offset": offset}).all()
            yield from (row for row in page if row.id not in seen)
            seen.update(row.id for row in page)
            if len(page) < size:
                return
            offset, size = offset + size, PAGE


def _ring(connection: Connection, store: Store, lane: Lane, message: Message, now: float) -> Ring | None:
    """Mark the message's jobs as rung; None when others have all of them."""
    values = {"now": now, "share": 1 / len(message.job_ids)}
    if len(message.job_ids) == 1:
        marked = connection.execute(_mark(of_one=True), {"the_id": message.job_ids[0], **values})
    else:
        marked = connection.execute(_mark(of_one=False), {"ids": message.job_ids, **values})
    marked_ids = set(marked.scalars())
    rows = [row for row in message.rows if row.id in marked_ids]
    if not rows:
        return None
    came = tuple(news.came(row) for row in rows if row.attempt == 0 and news.is_new(row, now))
    ids = tuple(row.id for row in rows)
    alone = bool(last_chances(connection, rows, store.settings.max_attempts))
    return Ring(lane, message.pipeline, ids, message.priority, alone, came)


_CHOSEN_BY = (
    jobs.c.id,
    jobs.c.owner,
    jobs.c.pipeline,
    jobs.c.priority,
    jobs.c.batch,
    jobs.c.attempt,
    jobs.c.failures,
    jobs.c.queued_at,
    jobs.c.parent_id,
)


@cache
def _oldest(*, but_for_paused: bool) -> Select[Any]:  # Any: a row of these columns
    statement = select(*_CHOSEN_BY).where(
        IS_WAITING,
        jobs.c.lane == bindparam("lane"),
        jobs.c.priority == bindparam("priority"),
        jobs.c.owner == bindparam("owner"),
    )
    if but_for_paused:
        statement = statement.where(jobs.c.pipeline.not_in(bindparam("paused", expanding=True)))
    page = statement.order_by(jobs.c.turn).limit(bindparam("page")).offset(bindparam("offset"))
    return page.with_for_update(skip_locked=True)  # two who choose at the same time choose different jobs


@cache
def _mark(*, of_one: bool) -> Update:
    """Those that still wait, but for rows another transaction holds: two admissions never wait for one another."""
    wanted = jobs.c.id == bindparam("the_id") if of_one else jobs.c.id.in_(bindparam("ids", expanding=True))
    free = select(jobs.c.id).where(wanted, jobs.c.state == JobState.QUEUED, jobs.c.rung_at.is_(None))
    marked = update(jobs).where(among(jobs.c.id, free.with_for_update(skip_locked=True)))
    return marked.values(rung_at=bindparam("now"), share=bindparam("share")).returning(jobs.c.id)
