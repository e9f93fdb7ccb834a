"""The log is kept for two weeks, and whole."""

import pytest
from support.receiver import Receiver, a_webhook, deliver
from support.stores import HandClock
from support.work import OWNER

from triptych.store import Store
from triptych.webhooks.deliveries import list_deliveries, send_test
from triptych.webhooks.keeping import KEEP_S, forget_old

pytestmark = pytest.mark.redis


def test_old_deliveries_go_and_those_that_are_still_tried_stay(
    timed: Store, clock: HandClock, receiver: Receiver
) -> None:
    hook = a_webhook(timed, OWNER, receiver.url).webhook.id
    send_test(timed, OWNER, hook)
    deliver(timed)
    pending = send_test(timed, OWNER, hook)
    clock.forward(KEEP_S + 1)
    new = send_test(timed, OWNER, hook)

    removed = [forget_old(timed), forget_old(timed)]

    assert removed == [1, 0]
    assert {one.id for one in list_deliveries(timed, OWNER, hook, None, None, 10)} == {new.id, pending.id}


def test_a_delivery_is_kept_until_its_time_is_over(timed: Store, clock: HandClock, receiver: Receiver) -> None:
    hook = a_webhook(timed, OWNER, receiver.url).webhook.id
    sent = send_test(timed, OWNER, hook)
    deliver(timed)
    clock.forward(KEEP_S)

    removed = forget_old(timed)

    assert removed == 0
    [kept] = list_deliveries(timed, OWNER, hook, None, None, 10)
    assert (kept.id, len(kept.attempts)) == (sent.id, 1)
