"""A webhook is its owner's alone, and nobody else's id leads to it."""

from collections.abc import Callable

import pytest
from support.receiver import Receiver, a_webhook
from support.work import OWNER

from triptych.store import Store
from triptych.webhooks import deliveries, registry
from triptych.webhooks.values import UnknownDelivery, UnknownWebhook

pytestmark = pytest.mark.redis

OTHER = "bob"
EVERY: list[Callable[[Store, str, str], object]] = [
    registry.get_webhook,
    registry.rotate_secret,
    registry.remove,
    deliveries.send_test,
    lambda store, owner, hook: registry.change(store, owner, hook, {"description": "mine"}, enabled=False),
    lambda store, owner, hook: deliveries.list_deliveries(store, owner, hook, None, None, 10),
    lambda store, owner, hook: deliveries.get_delivery(store, owner, hook, hook),
    lambda store, owner, hook: deliveries.replay(store, owner, hook, hook),
]


def test_nobody_reaches_anothers_webhook(store: Store, receiver: Receiver) -> None:
    hook = a_webhook(store, OWNER, receiver.url).webhook

    for asked in EVERY:
        with pytest.raises(UnknownWebhook):
            asked(store, OTHER, hook.id)

    assert registry.list_webhooks(store, OTHER) == []
    assert registry.get_webhook(store, OWNER, hook.id) == hook


def test_a_delivery_is_reached_by_its_own_webhook_alone(store: Store, receiver: Receiver) -> None:
    its, other = (a_webhook(store, OWNER, receiver.url).webhook.id for _ in range(2))
    delivery = deliveries.send_test(store, OWNER, its).id

    with pytest.raises(UnknownDelivery):
        deliveries.get_delivery(store, OWNER, other, delivery)
    with pytest.raises(UnknownDelivery):
        deliveries.replay(store, OWNER, other, delivery)

    assert deliveries.get_delivery(store, OWNER, its, delivery).id == delivery
