"""A webhook is its owner's alone, and nobody else's id leads to it."""

from collections.abc import Callable

import pytest
from support.receiver import ASKING, Receiver, a_webhook
from support.work import OWNER

from triptych.accounts.audit import list_entries
from triptych.store import Store
from triptych.webhooks import deliveries, registry
from triptych.webhooks.values import UnknownDelivery, UnknownWebhook

pytestmark = pytest.mark.redis

OTHER = "bob"
EVERY: list[Callable[[Store, str, str], object]] = [
    registry.get_webhook,
    lambda store, owner, hook: registry.rotate_secret(store, owner, ASKING, hook),
    lambda store, owner, hook: registry.remove(store, owner, ASKING, hook),
    deliveries.send_test,
    lambda store, owner, hook: registry.change(store, owner, ASKING, hook, {"description": "mine"}, enabled=False),
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


def test_who_had_what_told_to_where_is_written_down(store: Store, receiver: Receiver) -> None:
    hook = a_webhook(store, OWNER, f"{receiver.url}?token=secret").webhook.id
    registry.change(store, OWNER, ASKING, hook, {"description": "mine"}, enabled=False)
    registry.rotate_secret(store, OWNER, ASKING, hook)
    registry.remove(store, OWNER, ASKING, hook)

    written = list_entries(store, None, None, 10)[::-1]

    assert [one.action for one in written] == [
        "webhook.created",
        "webhook.changed",
        "webhook.secret_replaced",
        "webhook.deleted",
    ]
    assert {(one.object_id, one.actor_id, one.address) for one in written} == {(hook, ASKING.id, ASKING.address)}
    assert written[0].detail == {"host": "127.0.0.1"}
    assert "description" in written[1].detail["changed"]
