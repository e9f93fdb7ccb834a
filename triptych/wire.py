"""The wire to Redis: doorbells for the workers and events for the watchers, sent together in one round trip.

Redis is never the truth (law 1). When it is away nothing is lost but speed: the sweep rings again for whatever stands
unrung, and a client whose events were lost is told to refetch.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby
from threading import Event as ThreadEvent
from threading import Lock, Thread
from time import monotonic
from typing import Any

import structlog
from redis import BlockingConnectionPool, ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from pipelines.contract import Lane
from triptych.events.event import Event, EventType, Numbered
from triptych.jobs.states import Priority
from triptych.rings import Ring, celery_message, job_ids_of, key_of

log = structlog.get_logger()

STREAM = "triptych:events"
EVERYBODY = "*"
GAP_MARK = {"owner": EVERYBODY, "job": "", "body": '{"type":"resync"}'}
SOCKET_TIMEOUT_S = 5.0  # longer than any blocking read below
MOST_CONNECTIONS = 50  # of one process; hundreds of clients that come again at once take turns
WAIT_FOR_CONNECTION_S = 30.0
MOST_ASKING = 32  # connections of one process that wait for an answer, beside those that publish
PAGE = 1000
AT_ONCE = 100  # events that one call adds, during which Redis serves nobody else
TOLD_FOR_S = 30  # after which nobody is still about to tell the same
AWAY_S = 1.0  # a Redis that has just failed is not waited for again by whoever comes next

# For each event that is not marked as told: mark it, and add it to the stream, if that had begun by the time in ms.
_ADD_ONCE = """
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local begun = first and tonumber(string.match(first[1], '^%d+')) or math.huge
for at = 3, #ARGV, 5 do
    local is_new = redis.call('SET', KEYS[1] .. ':told:' .. ARGV[at], 1, 'NX', 'EX', ARGV[2])
    if is_new and tonumber(ARGV[at + 1]) >= begun then
        redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*',
                   'owner', ARGV[at + 2], 'job', ARGV[at + 3], 'body', ARGV[at + 4])
    end
end
"""
ALWAYS = "inf"


def connect(url: str) -> Redis:
    """A Redis client that gives up after ``SOCKET_TIMEOUT_S`` rather than hold up who asked."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        timeout=WAIT_FOR_CONNECTION_S,
        decode_responses=True,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=SOCKET_TIMEOUT_S,
        health_check_interval=15,
        retry=Retry(NoBackoff(), 0),  # repeating a pipeline would send its first half twice
    )
    return Redis.from_pool(pool)


class Wire:
    """Sends rings and events, reads events back.

    ``history`` bounds the events that are kept. Events lost while Redis was away leave a mark in the stream with the
    next ones that get through, so that every client learns that it must refetch.
    """

    def __init__(self, redis: Redis, history: int = 100_000) -> None:
        self._redis: Any = redis  # Any: the client's types hold bytes and str, whatever decode_responses says
        self._asking: Any = _apart(redis, MOST_ASKING)  # Any: as above
        self._history = history
        self._losses = self._losses_told = 0  # how often events were lost, and of how many of these a mark tells
        self._counting = Lock()
        self._is_marking = False
        self._away_until = float("-inf")

    @property
    def redis(self) -> Any:  # Any: as above
        """The client, for what is neither rung nor told."""
        return self._redis

    @property
    def asking(self) -> Any:  # Any: as above
        """A client for who waits for an answer, whose connections nobody waits for who publishes.

        The one too many raises redis.exceptions.MaxConnectionsError.
        """
        return self._asking

    def send(self, rings: Sequence[Ring] = (), events: Sequence[Event] = ()) -> bool:
        """Send everything in one round trip; False, and a line in the log, when Redis is away.

        That a job is queued is told once: by whoever accepted it, or goes on with it before that is told. So is that it
        ended, by its own process or by the sweep, and what else is told for another process, among those who do.
        """
        if not rings and not events:
            return True
        events = [*events, *(event for ring in rings for event in ring.came)]
        if monotonic() < self._away_until:
            self._remember_loss(events)
            return False
        pipe = self._redis.pipeline(transaction=False)
        if (losses := self._losses) > self._losses_told:
            self._add(pipe, GAP_MARK)
        for may_come_twice, alike in groupby(events, _may_come_twice):
            if may_come_twice:
                self._add_once(pipe, list(alike))
            else:
                for event in alike:
                    self._add(pipe, event.encode())
        for ring in rings:  # behind the events: that a job is queued is told before anybody can start it
            pipe.lpush(ring.key, celery_message(ring))
        try:
            pipe.execute()
        except RedisError as error:
            log.warning("redis is away", unsent_rings=len(rings), unsent_events=len(events), error=str(error))
            self._remember_loss(events)
            self._away_until = monotonic() + AWAY_S
            return False
        self._have_told(losses)
        return True

    def waiting(self, lane: Lane) -> set[str]:
        """The ids of the jobs whose ring for ``lane`` nobody has taken yet. Raises RedisError."""
        messages = [one for priority in Priority for one in self._redis.lrange(key_of(lane, priority), 0, -1)]
        return {job_id for message in messages for job_id in job_ids_of(message)}

    def position(self) -> str:
        """The stream id of the newest event; an empty stream gets a mark first. Raises RedisError."""
        newest = self._redis.xrevrange(STREAM, count=1)
        return str(newest[0][0] if newest else self._add(self._redis, GAP_MARK))

    def time(self) -> float:
        """Redis' own time, by which events are numbered, in seconds since the epoch. Raises RedisError."""
        seconds, microseconds = self._ask(lambda redis: redis.time())
        return float(seconds + microseconds / 1e6)

    def begins_at(self) -> float | None:
        """When the oldest event that is held was told, by Redis' ``time``; None while there is none.

        Raises RedisError.
        """
        oldest = self._ask(lambda redis: redis.xrange(STREAM, count=1))
        return int(oldest[0][0].partition("-")[0]) / 1000 if oldest else None

    def holds(self, entry_id: str) -> bool:
        """Whether ``entry_id`` is still in the stream, so that nothing after it was lost. Raises RedisError."""
        return bool(self._redis.xrange(STREAM, entry_id, entry_id, count=1))

    def read(self, after: str, until: str = "+") -> Iterator[Numbered]:
        """The stored events after ``after`` up to and with ``until``, in pages. Raises RedisError."""
        while True:
            page = self._redis.xrange(STREAM, f"({after}", until, count=PAGE)
            for entry_id, fields in page:
                yield Numbered.decode(entry_id, fields)
            if len(page) < PAGE:
                return
            after = page[-1][0]

    def listen(self, after: str, block_ms: int) -> list[Numbered]:
        """Wait up to ``block_ms`` for events after ``after``; may return none. Raises RedisError."""
        answer = self._redis.xread({STREAM: after}, count=PAGE, block=block_ms)
        return [Numbered.decode(entry_id, fields) for _stream, entries in answer or [] for entry_id, fields in entries]

    def ping(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False

    def _ask(self, question: Callable[[Any], Any]) -> Any:  # Any: the client, and what it answers
        """Ask a Redis that was there a moment ago. Raises RedisError."""
        if monotonic() < self._away_until:
            raise RedisConnectionError("it was away a moment ago")
        try:
            return question(self._redis)
        except RedisError:
            self._away_until = monotonic() + AWAY_S
            raise

    def _remember_loss(self, events: Sequence[Event]) -> None:
        """Have the mark left with the next events, or by itself when this process has none for a while."""
        if not events:
            return
        with self._counting:
            self._losses += 1
            if not self._is_marking:
                self._is_marking = True
                Thread(target=self._mark_when_back, name="lost-events", daemon=True).start()

    def _mark_when_back(self) -> None:
        pause = ThreadEvent()
        while self._is_to_be_marked():
            pause.wait(2 * AWAY_S)
            if (losses := self._losses) == self._losses_told:
                continue
            try:
                self._add(self._redis, GAP_MARK)
            except RedisError:
                continue  # still away; that it is was said when the events were lost
            self._have_told(losses)

    def _is_to_be_marked(self) -> bool:
        with self._counting:
            self._is_marking = self._losses > self._losses_told
            return self._is_marking

    def _have_told(self, losses: int) -> None:
        with self._counting:  # what was lost meanwhile, by another thread, is yet to be told
            self._losses_told = max(self._losses_told, losses)

    def _add_once(self, pipe: Any, events: Sequence[Event]) -> None:  # Any: as below
        for begin in range(0, len(events), AT_ONCE):
            some = events[begin : begin + AT_ONCE]
            told = ((_mark_of(one), _begun_by(one), *one.encode().values()) for one in some)
            pipe.eval(_ADD_ONCE, 1, STREAM, self._history, TOLD_FOR_S, *chain.from_iterable(told))

    def _add(self, redis: Any, fields: dict[str, str]) -> Any:  # Any: a client or a pipeline, whose stubs differ
        return redis.xadd(STREAM, fields, maxlen=self._history, approximate=True)


def _apart(redis: Redis, most: int) -> Redis:
    """A client of the same server with connections of its own, of which there are no more than ``most``."""
    pool = redis.connection_pool
    return Redis.from_pool(ConnectionPool(pool.connection_class, most, **pool.connection_kwargs))


def _may_come_twice(event: Event) -> bool:
    return event.type in (EventType.QUEUED, EventType.FINISHED) or event.stream_begun_by is not None


def _mark_of(event: Event) -> str:
    return f"{event.job_id}:{event.type}:{event.data['attempt']}:{float(event.at)}"


def _begun_by(event: Event) -> str:
    return ALWAYS if event.stream_begun_by is None else str(int(event.stream_begun_by * 1000))
