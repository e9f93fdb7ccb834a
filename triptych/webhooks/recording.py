"""How attempts went, written down: the delivery is settled or put off, and its webhook stands or falls with it."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, Row, insert, select, update

from triptych.store import Store
from triptych.webhooks.registry import disabled
from triptych.webhooks.schedule import GONE, is_hopeless, next_delay_s, rest_s
from triptych.webhooks.sending import Outcome
from triptych.webhooks.settling import put_off, settle
from triptych.webhooks.tables import webhook_attempts, webhooks
from triptych.webhooks.values import DeliveryState

log = structlog.get_logger()

REASON_GONE = "its receiver answered 410 Gone"


def record(store: Store, outcomes: Sequence[Outcome]) -> None:
    """Write down attempts, by one transaction. Of a delivery that is another claim's by now, nothing."""
    if not outcomes:
        return
    with store.database.write() as connection:
        ids = sorted({outcome.claimed.delivery.webhook_id for outcome in outcomes})
        held = select(webhooks).where(webhooks.c.id.in_(ids)).order_by(webhooks.c.id).with_for_update()
        standing = {row.id: row for row in connection.execute(held)}
        for outcome in outcomes:
            webhook = standing.get(outcome.claimed.delivery.webhook_id)
            if webhook is not None and _record(connection, store, outcome):
                standing[webhook.id] = _judge(connection, webhook, outcome, store.clock())


def _record(connection: Connection, store: Store, outcome: Outcome) -> bool:
    delivery, attempt = outcome.claimed.delivery, outcome.attempt
    if not _move(connection, store, outcome):
        return False
    row = {
        "delivery_id": delivery.id,
        "number": delivery.tries,
        "at": attempt.at,
        "duration_s": attempt.duration_s,
        "status": attempt.status,
        "answer": attempt.answer,
        "error": attempt.error,
    }
    connection.execute(insert(webhook_attempts), row)
    return True


def _move(connection: Connection, store: Store, outcome: Outcome) -> bool:
    delivery, now = outcome.claimed.delivery, store.clock()
    if outcome.attempt.error is None:
        return settle(connection, delivery.id, delivery.tries, DeliveryState.DELIVERED, now)
    delay_s = next_delay_s(delivery.tries - delivery.earlier, outcome.retry_after_s, store.random)
    if delay_s is None or outcome.attempt.status == GONE:
        return settle(connection, delivery.id, delivery.tries, DeliveryState.FAILED, now)
    return put_off(connection, delivery.id, delivery.tries, now + delay_s)


def _judge(connection: Connection, webhook: Row[Any], outcome: Outcome, now: float) -> Row[Any]:
    """The webhook's new row: nothing is held against it that got through, and it is disabled when it is hopeless."""
    values: dict[str, Any]  # Any: columns of the webhooks table
    if outcome.attempt.error is None:
        values = {"failures": 0, "failing_since": None, "delivered_at": now, "rests_until": None}
    else:
        failures, since = webhook.failures + 1, webhook.failing_since or outcome.attempt.at
        rests_until = now + rest_s(failures, outcome.retry_after_s)
        values = {"failures": failures, "failing_since": since, "rests_until": rests_until}
        reason = _reason(outcome, failures, since, now)
        if reason is not None and webhook.disabled_at is None:
            log.warning("a webhook was disabled", webhook_id=webhook.id, reason=reason)
            values |= disabled(connection, webhook.id, reason, now)
    changed = update(webhooks).where(webhooks.c.id == webhook.id).values(values).returning(*webhooks.c)
    return connection.execute(changed).one()


def _reason(outcome: Outcome, failures: int, failing_since: float, now: float) -> str | None:
    if outcome.attempt.status == GONE:
        return REASON_GONE
    if is_hopeless(failures, failing_since, now):
        days = (now - failing_since) / 86_400
        return f"{failures} attempts in a row failed, for {days:.0f} days; the last: {outcome.attempt.error}"
    return None
