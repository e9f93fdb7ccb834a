import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from celery import Celery
from kombu.transport.redis import Channel
from redis import Redis
from redis.exceptions import RedisError
from support.work import OWNER, a_job

from pipelines.contract import Lane
from triptych.events.event import Event, EventType
from triptych.jobs.states import Priority
from triptych.rings import Ring, celery_message
from triptych.store import Store
from triptych.wire import EVERYBODY, Wire, connect

pytestmark = pytest.mark.redis


def an_event(number: int) -> Event:
    return Event(EventType.PROGRESS, OWNER, "job", "test.count", 0.0, {"fraction": number, "note": ""})


@pytest.fixture
def wire(sqlite_store: Store) -> Wire:
    return sqlite_store.wire


def test_our_message_is_the_one_celery_sends(sqlite_store: Store) -> None:
    url = sqlite_store.settings.redis
    app = Celery(broker=url.replace("unix://", "redis+socket://"), backend=None)
    app.conf.task_ignore_result = True

    with app.connection_for_write() as connection:
        app.send_task("test.count", args=("job-1",), queue="cpu", connection=connection, ignore_result=True)
    theirs = json.loads(Redis.from_url(url).lpop("cpu"))
    ours = json.loads(celery_message(Ring(Lane.CPU, "test.count", ("job-1",))))

    assert set(ours) == set(theirs)
    assert set(ours["headers"]) <= set(theirs["headers"])
    assert set(ours["properties"]) <= set(theirs["properties"])
    fixed = ("lang", "task", "retries", "eta", "expires", "timelimit", "argsrepr", "kwargsrepr", "ignore_result")
    assert {name: ours["headers"][name] for name in fixed} == {name: theirs["headers"][name] for name in fixed}
    assert json.loads(_body(ours))[:2] == json.loads(_body(theirs))[:2]


def _body(message: dict[str, str]) -> bytes:
    return base64.b64decode(message["body"])


@pytest.fixture
def channel(sqlite_store: Store) -> Iterator[Channel]:
    """What a worker takes its messages from."""
    broker = sqlite_store.settings.broker
    with Celery(broker=broker, backend=None).connection_for_read() as connection:
        yield connection.default_channel


@pytest.mark.parametrize("priority", list(Priority))
def test_a_ring_goes_into_the_list_that_kombu_has_for_its_class(channel: Channel, priority: Priority) -> None:
    ring = Ring(Lane.CPU, "test.count", ("job-1",), priority)

    step = json.loads(celery_message(ring))["properties"]["priority"]

    assert ring.key == channel._q_for_pri(ring.lane.value, step)
    assert step in channel.priority_steps


def test_workers_take_every_interactive_ring_before_the_first_of_a_batch(wire: Wire, channel: Channel) -> None:
    for job_id, priority in (("b-1", Priority.BATCH), ("i-1", Priority.INTERACTIVE), ("b-2", Priority.BATCH)):
        wire.send([Ring(Lane.CPU, "test.count", (job_id,), priority)])
    wire.send([Ring(Lane.CPU, "test.count", ("i-2", "i-3"))])

    taken = [channel.basic_get("cpu", no_ack=True).decode()[0] for _ in range(4)]

    assert taken == [["i-1"], ["i-2", "i-3"], ["b-1"], ["b-2"]]


def test_the_rings_of_both_classes_are_known_to_wait(wire: Wire) -> None:
    wire.send([Ring(Lane.CPU, "test.count", ("i-1", "i-2")), Ring(Lane.CPU, "test.count", ("b-1",), Priority.BATCH)])

    assert wire.waiting(Lane.CPU) == {"i-1", "i-2", "b-1"}
    assert wire.waiting(Lane.GPU) == set()


def test_events_are_read_back_in_order_after_any_of_them(wire: Wire) -> None:
    wire.send(events=[an_event(number) for number in range(2500)])

    everything = list(wire.read("0-0"))
    rest = list(wire.read(everything[1200].id))

    assert len(everything) == 2500
    assert rest == everything[1201:]


def test_a_position_is_held_until_it_is_trimmed(sqlite_store: Store) -> None:
    wire = Wire(connect(sqlite_store.settings.redis), history=100)
    wire.send(events=[an_event(0)])
    position = wire.position()

    held = wire.holds(position)
    wire.send(events=[an_event(number) for number in range(1000)])

    assert held
    assert not wire.holds(position)


def test_a_position_in_an_empty_stream_is_lost_with_it(sqlite_store: Store) -> None:
    wire = sqlite_store.wire
    position = wire.position()

    connect(sqlite_store.settings.redis).flushall()

    assert not wire.holds(position)


def test_lost_events_leave_a_mark_for_everybody(sqlite_store: Store) -> None:
    redis = connect(sqlite_store.settings.redis)
    wire = sqlite_store.wire
    redis.set("triptych:events", "no stream: every XADD fails")
    lost = wire.send(events=[an_event(1)])
    redis.delete("triptych:events")

    heard = wire.listen("0-0", block_ms=4000)  # nobody sends anything more: the mark comes by itself

    assert not lost
    assert [event.owner for event in heard] == [EVERYBODY]


@dataclass(frozen=True, slots=True)
class Interrupted(Event):
    """An event while which is sent another thread loses some."""

    lose: Callable[[], object] = field(kw_only=True)

    def encode(self) -> dict[str, str]:
        self.lose()
        return Event.encode(self)


def test_events_that_are_lost_while_others_get_through_leave_a_mark_too(sqlite_store: Store) -> None:
    redis = connect(sqlite_store.settings.redis)
    wire = sqlite_store.wire

    def lose() -> None:
        redis.set("triptych:events", "no stream: every XADD fails")
        assert not wire.send(events=[an_event(1)])
        redis.delete("triptych:events")

    sent = wire.send(events=[Interrupted(EventType.PROGRESS, OWNER, "job", "test.count", 0.0, {}, lose=lose)])
    [through] = wire.listen("0-0", block_ms=1)
    heard = wire.listen(through.id, block_ms=4000)

    assert sent
    assert [event.owner for event in heard] == [EVERYBODY]


def test_redis_that_was_away_a_moment_ago_is_not_waited_for_again() -> None:
    wire = Wire(connect("unix:///nowhere/redis.sock"))
    with pytest.raises(RedisError):
        wire.time()

    with pytest.raises(RedisError, match="a moment ago"):
        wire.begins_at()


def test_listening_gives_what_comes_after(sqlite_store: Store) -> None:
    wire = sqlite_store.wire
    position = wire.position()
    job = a_job(sqlite_store)

    heard = wire.listen(position, block_ms=1000)

    assert [event.job_id for event in heard] == [job.id]
    assert wire.listen(heard[-1].id, block_ms=1) == []
