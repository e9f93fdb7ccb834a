"""The outbox: what has ended becomes a delivery for each webhook that wants it, once, whoever looks first."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from pipelines.chat.reply import REPLY
from triptych.ids import new_id
from triptych.store import Store
from triptych.webhooks.bodies import body_of, data_of
from triptych.webhooks.tables import webhook_deliveries, webhook_outbox, webhooks
from triptych.webhooks.values import DeliveryState, EventName

AT_A_TIME = 100

_OLDEST = select(webhook_outbox).order_by(webhook_outbox.c.number).limit(AT_A_TIME)


def hand_out(store: Store) -> int:
    """Make deliveries of the oldest rows of the outbox; return how many rows were looked at.

    Bodies are made before the transaction that takes the rows out: of two that do so at once, one has done it for
    nothing.
    """
    with store.database.read() as connection:
        ended = connection.execute(_OLDEST).all()
        listening = _listening(connection, {row.owner for row in ended})
    wanted = {row.number: [one for one in listening if _wants(one, row)] for row in ended}
    bodies = {row.number: _body(store, row) for row in ended if wanted[row.number]}
    if ended:
        with store.database.write() as connection:
            taken = _take_out(connection, [row.number for row in ended])
            new = [
                delivery
                for row in ended
                if row.number in taken and wanted[row.number]
                for delivery in _deliveries(row, wanted[row.number], bodies[row.number], store.clock())
            ]
            if new:
                connection.execute(insert(webhook_deliveries), new)
    return len(ended)


def new_delivery(
    webhook_id: str, event: EventName, event_id: str, subject_id: str | None, body: str, now: float
) -> dict[str, Any]:  # Any: columns of the deliveries table
    """The row of a delivery that is due."""
    return {
        "id": new_id(),
        "webhook_id": webhook_id,
        "event": event,
        "event_id": event_id,
        "subject_id": subject_id,
        "body": body,
        "state": DeliveryState.PENDING,
        "tries": 0,
        "earlier": 0,
        "due_at": now,
        "created_at": now,
    }


def _listening(connection: Connection, owners: Iterable[str]) -> Sequence[Row[Any]]:
    its = webhooks.c.owner.in_(sorted(owners)), webhooks.c.disabled_at.is_(None)
    return connection.execute(select(webhooks).where(*its).order_by(webhooks.c.id)).all()


def _wants(webhook: Row[Any], ended: Row[Any]) -> bool:
    """Replies of conversations are told of where they are asked for by name, as they are listed."""
    if webhook.owner != ended.owner or ended.event not in webhook.events or ended.at < webhook.created_at:
        return False
    if ended.pipeline is None or ended.pipeline in webhook.pipelines:
        return True
    return not webhook.pipelines and ended.pipeline != REPLY


def _body(store: Store, ended: Row[Any]) -> str:
    return body_of(EventName(ended.event), ended.at, data_of(store, ended))


def _take_out(connection: Connection, numbers: Sequence[int]) -> set[int]:
    its = delete(webhook_outbox).where(webhook_outbox.c.number.in_(numbers)).returning(webhook_outbox.c.number)
    return set(connection.execute(its).scalars())


def _deliveries(ended: Row[Any], wanting: Sequence[Row[Any]], body: str, now: float) -> list[dict[str, Any]]:
    event_id = new_id()
    return [
        new_delivery(webhook.id, EventName(ended.event), event_id, ended.subject_id, body, now) for webhook in wanting
    ]
