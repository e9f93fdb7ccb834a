"""What an owner asks for goes before what waits for that webhook, however its receiver fares."""

from collections.abc import Iterator

import pytest
from support.receiver import ASKING, LONGEST_S, Receiver, a_sender, a_webhook, deliver
from support.stores import HandClock
from support.work import OWNER, a_claim, a_job, succeed

from triptych.store import Store
from triptych.webhooks.claiming import claim, list_due
from triptych.webhooks.deliveries import get_delivery, list_deliveries, replay, send_test
from triptych.webhooks.dispatch import Dispatch
from triptych.webhooks.outbox import hand_out
from triptych.webhooks.registry import change

pytestmark = pytest.mark.redis

BACKLOG = 6


def a_backlog(store: Store, clock: HandClock) -> None:
    """Jobs that end one behind the other, of which nothing was sent yet."""
    for _ in range(BACKLOG):
        succeed(store, a_claim(store, a_job(store)))
        hand_out(store)
        clock.forward(0.01)


def log_of(store: Store, hook: str) -> list[str]:
    """The ids of its deliveries, oldest first."""
    return [one.id for one in reversed(list_deliveries(store, OWNER, hook, None, None, 100))]


def claims(store: Store) -> Iterator[str]:
    """Claim whatever is due, one at a time; the ids."""
    while due := list_due(store):
        yield from (one.delivery.id for one in claim(store, [one.delivery_id for one in due]))


def test_a_test_goes_before_the_backlog_which_keeps_its_order(timed: Store, clock: HandClock) -> None:
    hook = a_webhook(timed, OWNER, "http://127.0.0.1:9/").webhook.id
    a_backlog(timed, clock)
    waiting = log_of(timed, hook)

    test = send_test(timed, OWNER, hook).id

    assert list(claims(timed)) == [test, *waiting]


def test_a_replay_goes_before_the_backlog(timed: Store, clock: HandClock) -> None:
    hook = a_webhook(timed, OWNER, "http://127.0.0.1:9/").webhook.id
    given_up = send_test(timed, OWNER, hook).id
    change(timed, OWNER, ASKING, hook, {}, enabled=False)
    change(timed, OWNER, ASKING, hook, {}, enabled=True)
    a_backlog(timed, clock)

    replay(timed, OWNER, hook, given_up)

    assert next(claims(timed)) == given_up


def test_what_is_asked_for_goes_in_the_order_of_asking(timed: Store, clock: HandClock) -> None:
    hook = a_webhook(timed, OWNER, "http://127.0.0.1:9/").webhook.id

    asked = []
    for _ in range(3):
        asked.append(send_test(timed, OWNER, hook).id)
        clock.forward(0.01)

    assert list(claims(timed)) == asked


def test_a_test_is_sent_though_its_receiver_fails_and_a_backlog_waits(
    timed: Store, clock: HandClock, receiver: Receiver
) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": "600"}
    hook = a_webhook(timed, OWNER, receiver.url).webhook.id
    a_backlog(timed, clock)
    deliver(timed)
    backlog_tried = len(receiver.got)

    test = send_test(timed, OWNER, hook)
    deliver(timed)

    assert [got.headers["webhook-id"] for got in receiver.got[backlog_tried:]] == [test.event_id]
    assert len(get_delivery(timed, OWNER, hook, test.id).attempts) == 1


def test_a_test_waits_for_no_attempt_at_a_receiver_that_fails(
    timed: Store, clock: HandClock, receiver: Receiver
) -> None:
    receiver.status = 503
    hook = a_webhook(timed, OWNER, receiver.url).webhook.id
    send_test(timed, OWNER, hook)
    deliver(timed)
    receiver.silent = True
    a_backlog(timed, clock)
    clock.forward(1.0)
    dispatch = Dispatch(timed, a_sender(clock))
    dispatch.step()

    send_test(timed, OWNER, hook)
    dispatch.step()

    assert dispatch.sending == 2
    receiver.released.set()
    dispatch.rest(LONGEST_S)


def test_a_test_is_tried_again_in_its_turn(timed: Store, clock: HandClock) -> None:
    hook = a_webhook(timed, OWNER, "http://127.0.0.1:9/").webhook.id
    a_backlog(timed, clock)
    waiting = log_of(timed, hook)
    test = send_test(timed, OWNER, hook).id
    [_] = claim(timed, [test])

    clock.forward(3600.0)

    assert list(claims(timed)) == [*waiting, test]
