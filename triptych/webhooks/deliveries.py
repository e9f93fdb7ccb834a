"""The log of deliveries, as the owner of a webhook reads it, and what they have sent: a test, or the same again."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from triptych.cursors import found_at
from triptych.ids import new_id
from triptych.store import Store
from triptych.times import iso_time
from triptych.webhooks.bodies import body_of
from triptych.webhooks.outbox import new_delivery
from triptych.webhooks.registry import owned
from triptych.webhooks.tables import webhook_attempts, webhook_deliveries
from triptych.webhooks.values import (
    Attempt,
    Delivery,
    DeliveryPending,
    DeliveryState,
    EventName,
    UnknownDelivery,
    WebhookDisabled,
)


def list_deliveries(
    store: Store,
    owner: str,
    webhook_id: str,
    state: DeliveryState | None,
    cursor: str | None,
    limit: int,
    *,
    since: str | None = None,
    before: str | None = None,
) -> list[Delivery]:
    """Up to ``limit`` deliveries, newest first, from behind the ``cursor``'s, with ids from ``since`` to ``before``.

    Raises UnknownWebhook and UnknownCursor.
    """
    its = select(webhook_deliveries).where(webhook_deliveries.c.webhook_id == webhook_id)
    wanted = its if state is None else its.where(webhook_deliveries.c.state == state)
    wanted = wanted if since is None else wanted.where(webhook_deliveries.c.id >= since)
    wanted = wanted if before is None else wanted.where(webhook_deliveries.c.id < before)
    with store.database.read() as connection:
        owned(connection, owner, webhook_id)
        if cursor is not None:
            found_at(connection, cursor, its.where(webhook_deliveries.c.id == cursor))
            wanted = wanted.where(webhook_deliveries.c.id < cursor)
        rows = connection.execute(wanted.order_by(webhook_deliveries.c.id.desc()).limit(limit)).all()
        attempts = _attempts(connection, [row.id for row in rows])
        return [Delivery.of(row, attempts.get(row.id, ())) for row in rows]


def get_delivery(store: Store, owner: str, webhook_id: str, delivery_id: str) -> Delivery:
    """The delivery. Raises UnknownWebhook, UnknownDelivery."""
    with store.database.read() as connection:
        owned(connection, owner, webhook_id)
        return _delivery(connection, webhook_id, delivery_id)


def send_test(store: Store, owner: str, webhook_id: str) -> Delivery:
    """Have a ``webhook.test`` sent, whatever the webhook is told of else. Raises UnknownWebhook, WebhookDisabled."""
    with store.database.write() as connection:
        _hold_enabled(connection, owner, webhook_id)
        now = store.clock()
        body = body_of(EventName.TEST, now, {"webhook_id": webhook_id, "sent_at": iso_time(now)})
        row = new_delivery(webhook_id, EventName.TEST, new_id(), None, body, now) | {"asked_at": now}
        made = connection.execute(insert(webhook_deliveries).values(row).returning(*webhook_deliveries.c)).one()
    return Delivery.of(made)


def replay(store: Store, owner: str, webhook_id: str, delivery_id: str) -> Delivery:
    """Have the same sent again under the same event id, with as many attempts as a new delivery has.

    Raises UnknownWebhook, WebhookDisabled, UnknownDelivery, and DeliveryPending while it is still being tried.
    """
    with store.database.write() as connection:
        _hold_enabled(connection, owner, webhook_id)
        now = store.clock()
        again = {
            "state": DeliveryState.PENDING,
            "earlier": webhook_deliveries.c.tries,
            "due_at": now,
            "asked_at": now,
            "settled_at": None,
        }
        its = webhook_deliveries.c.id == delivery_id, webhook_deliveries.c.webhook_id == webhook_id
        settled = webhook_deliveries.c.state != DeliveryState.PENDING
        moved = connection.execute(update(webhook_deliveries).where(*its, settled).values(again)).rowcount
        delivery = _delivery(connection, webhook_id, delivery_id)
        if not moved:
            raise DeliveryPending(delivery_id)
        return delivery


def _hold_enabled(connection: Connection, owner: str, webhook_id: str) -> None:
    """Have nobody disable it meanwhile. Raises UnknownWebhook, WebhookDisabled."""
    if owned(connection, owner, webhook_id, held=True).disabled_at is not None:
        raise WebhookDisabled(webhook_id)


def _delivery(connection: Connection, webhook_id: str, delivery_id: str) -> Delivery:
    its = webhook_deliveries.c.id == delivery_id, webhook_deliveries.c.webhook_id == webhook_id
    row = connection.execute(select(webhook_deliveries).where(*its)).one_or_none()
    if row is None:
        raise UnknownDelivery(delivery_id)
    return Delivery.of(row, _attempts(connection, [delivery_id]).get(delivery_id, ()))


def _attempts(connection: Connection, delivery_ids: Sequence[str]) -> dict[str, list[Attempt]]:
    """The attempts of each, the first one first."""
    its = select(webhook_attempts).where(webhook_attempts.c.delivery_id.in_(delivery_ids))
    found: dict[str, list[Attempt]] = {}
    for row in connection.execute(its.order_by(webhook_attempts.c.number)):
        attempt = Attempt(row.at, row.duration_s, row.status, row.answer, row.error)
        found.setdefault(row.delivery_id, []).append(attempt)
    return found
