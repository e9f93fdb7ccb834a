"""Deliveries that come to rest: the one place where their state becomes final."""

from typing import Any

from sqlalchemy import Connection, bindparam, update

from triptych.webhooks.tables import webhook_deliveries
from triptych.webhooks.values import DeliveryState

_OF_CLAIM = update(webhook_deliveries).where(
    webhook_deliveries.c.id == bindparam("the_id"),
    webhook_deliveries.c.tries == bindparam("the_tries"),
    webhook_deliveries.c.state == DeliveryState.PENDING,
)


def settle(connection: Connection, delivery_id: str, tries: int, state: DeliveryState, now: float) -> bool:
    """Write how a delivery ended whose claim was of that number; False where it is no longer that claim's to end."""
    return _write(connection, delivery_id, tries, state=state, due_at=None, settled_at=now)


def put_off(connection: Connection, delivery_id: str, tries: int, due_at: float) -> bool:
    """Have it tried again then; False as for ``settle``."""
    return _write(connection, delivery_id, tries, due_at=due_at)


def give_up_pending(connection: Connection, webhook_id: str, now: float) -> None:
    """Let everything fail that is still to be sent to a webhook."""
    pending = webhook_deliveries.c.webhook_id == webhook_id, webhook_deliveries.c.state == DeliveryState.PENDING
    failed = {"state": DeliveryState.FAILED, "due_at": None, "asked_at": None, "settled_at": now}
    connection.execute(update(webhook_deliveries).where(*pending).values(failed))


def _write(connection: Connection, delivery_id: str, tries: int, **values: Any) -> bool:  # Any: columns
    claim = {"the_id": delivery_id, "the_tries": tries}
    return connection.execute(_OF_CLAIM.values(values), claim).rowcount == 1
