"""The relay: nothing missing, nothing twice, nobody held up, and a gap is told."""

import threading

import pytest
from support.redis_process import mortal_redis

from api.relay.hub import MOST_REPLAYED, Hub
from api.relay.messages import socket_messages
from api.relay.subscription import QUEUED_EVENTS, Ended, Gap, Lagging, Subscription
from triptych.events.event import Event, EventType, Numbered
from triptych.wire import GAP_MARK, STREAM, Wire, connect

WAIT_S = 30.0  # how long a test waits before it fails


def event(number: int, owner: str = "me", job_id: str = "job") -> Event:
    return Event(EventType.PROGRESS, owner, job_id, "text.keywords", 0.0, {"fraction": None, "note": str(number)})


def numbered(number: int, owner: str = "me", job_id: str = "job") -> Numbered:
    return Numbered.decode(f"{number}-0", event(number, owner, job_id).encode())


@pytest.fixture
def wire(settings):
    return Wire(connect(settings.redis))


@pytest.fixture
def hub(wire):
    hub = Hub(wire)
    yield hub
    hub.stop()


def next_of(subscription: Subscription) -> Numbered | Gap:
    found = subscription.next(WAIT_S)
    assert found is not None
    return found


def note(told: Numbered | Gap) -> str:
    assert isinstance(told, Numbered)
    return told.body.partition('"note":"')[2].partition('"')[0]


def test_events_after_attaching_arrive_in_order(hub, wire):
    with hub.attach("me") as attached:
        wire.send(events=[event(n) for n in range(3)])
        seen = [note(next_of(attached.subscription)) for _ in range(3)]

    assert seen == ["0", "1", "2"]


def test_others_events_are_not_told(hub, wire):
    with hub.attach("me", "mine") as attached:
        wire.send(events=[event(1, owner="you"), event(2, job_id="other"), event(3, job_id="mine")])
        first = next_of(attached.subscription)

    assert note(first) == "3"


def test_resuming_while_events_pour_in_misses_none_and_doubles_none(hub, wire):
    after = wire.position()
    writer = threading.Thread(target=lambda: [wire_send(wire, n) for n in range(400)])
    writer.start()

    seen: list[str] = []
    with hub.attach("me") as attached:
        texts = socket_messages(hub, attached, after)
        hello = next(texts)
        while len(seen) < 400:
            seen.append(next(texts).partition('"note":"')[2].partition('"')[0])
    writer.join()

    assert hello == f'{{"type": "hello", "id": "{after}"}}'
    assert seen == [str(n) for n in range(400)]


def wire_send(wire: Wire, number: int) -> None:
    wire.send(events=[event(number)])


@pytest.mark.parametrize("after", ["1-1", "nonsense", "", "99999999999999999999-0", "-", "+", "$"])
def test_position_that_is_not_held_is_told_as_resync(hub, wire, after):
    wire.send(events=[event(1)])

    with hub.attach("me") as attached:
        first = next(socket_messages(hub, attached, after))

    assert first == f'{{"type": "resync", "id": "{attached.position}"}}'


def test_only_the_own_events_are_replayed(hub, wire):
    after = wire.position()
    wire.send(events=[event(n, owner="you") for n in range(MOST_REPLAYED + 1)])
    wire.send(events=[event(n) for n in range(3)])

    with hub.attach("me") as attached:
        stored = hub.replay(attached, after)

    assert [note(told) for told in stored or []] == ["0", "1", "2"]


def test_client_that_missed_very_much_is_told_to_refetch(hub, wire):
    after = wire.position()
    wire.send(events=[event(n) for n in range(MOST_REPLAYED + 1)])

    with hub.attach("me") as attached:
        first = next(socket_messages(hub, attached, after))

    assert first == f'{{"type": "resync", "id": "{attached.position}"}}'


def test_newcomer_is_told_where_the_stream_stands(hub, wire):
    wire.send(events=[event(1)])

    with hub.attach("me") as attached:
        first = next(socket_messages(hub, attached, None))

    assert first == f'{{"type": "hello", "id": "{wire.position()}"}}'


def test_mark_of_lost_events_reaches_everybody_as_a_gap(hub, wire, settings):
    with hub.attach("me", "job") as attached:
        connect(settings.redis).xadd(STREAM, GAP_MARK)
        told = next_of(attached.subscription)

    assert told == Gap(wire.position())


def test_client_that_does_not_keep_up_is_let_go_and_harms_nobody():
    slow, quick = Subscription("me"), Subscription("me")
    told = [numbered(n) for n in range(QUEUED_EVENTS + 1)]

    for one in told:
        slow.offer(one)
        quick.offer(one)
        assert quick.next() == one

    with pytest.raises(Lagging):
        slow.next()


def test_stopping_ends_whoever_waits(hub):
    with hub.attach("me") as attached:
        hub.stop()
        with pytest.raises(Ended):
            attached.subscription.next(WAIT_S)


@pytest.fixture
def mortal():
    """A Redis that a test may kill, and a hub that reads from it."""
    with mortal_redis() as server:
        hub = Hub(Wire(connect(server.url)))
        yield server, hub
        hub.stop()


def test_absence_of_redis_is_told_once_to_whoever_is_attached_and_then_its_return(mortal):
    server, hub = mortal

    with hub.attach("me") as mine, hub.attach("you", "job") as yours:
        server.kill()
        absence = [next_of(one.subscription) for one in (mine, yours)]
        server.start()
        returns = [next_of(one.subscription) for one in (mine, yours)]

    assert absence == [Gap(""), Gap("")]
    assert returns[0] == returns[1] == Gap(Wire(connect(server.url)).position())


def test_client_that_is_attached_when_redis_goes_is_told_resync_with_no_id_and_later_with_one(mortal):
    server, hub = mortal

    with hub.attach("me") as attached:
        texts = socket_messages(hub, attached, None)
        hello = next(texts)
        server.kill()
        gone = next(texts)
        server.start()
        back = next(texts)
        Wire(connect(server.url)).send(events=[event(7)])
        told = next(texts)

    assert '"type": "hello"' in hello
    assert gone == '{"type": "resync", "id": ""}'
    assert back.startswith('{"type": "resync", "id": "')
    assert back != gone
    assert '"note":"7"' in told


def test_emptied_stream_is_told_as_a_gap(hub, wire, settings):
    wire.send(events=[event(1)])

    with hub.attach("me") as attached:
        connect(settings.redis).flushall()
        told = next_of(attached.subscription)

    assert told == Gap(wire.position())


def test_without_redis_a_client_is_told_to_refetch(tmp_path):
    hub = Hub(Wire(connect(f"unix://{tmp_path}/nobody.sock")))

    with hub.attach("me") as attached:
        first = next(socket_messages(hub, attached, None))
    hub.stop()

    assert first == '{"type": "resync", "id": ""}'
