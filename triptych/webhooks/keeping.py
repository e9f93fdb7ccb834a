"""How long the log is kept: old deliveries go, a page at a time, so that nobody waits long for the database."""

from sqlalchemy import delete, select

from triptych.store import Store
from triptych.webhooks.tables import webhook_deliveries
from triptych.webhooks.values import DeliveryState

KEEP_S = 14 * 86_400.0  # behind the event; longer than any delivery is tried
AT_A_TIME = 1000


def forget_old(store: Store) -> int:
    """Remove the deliveries that came to rest and are older than ``KEEP_S``, with what was sent; return how many."""
    its = webhook_deliveries.c.created_at < store.clock() - KEEP_S, webhook_deliveries.c.state != DeliveryState.PENDING
    old = select(webhook_deliveries.c.id).where(*its).order_by(webhook_deliveries.c.created_at).limit(AT_A_TIME)
    removed, last = 0, AT_A_TIME
    while last == AT_A_TIME:
        with store.database.write() as connection:
            ids = connection.execute(old).scalars().all()
            last = connection.execute(delete(webhook_deliveries).where(webhook_deliveries.c.id.in_(ids))).rowcount
        removed += last
    return removed
