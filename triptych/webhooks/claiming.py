"""Which deliveries are due, and who sends them: any number of processes may ask, and each is claimed by one.

A claim raises the delivery's number of tries, which fences off whoever claimed it before, and puts its due time to when
the sender counts as dead: nothing else has to notice that one died.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, Row, Select, bindparam, case, exists, or_, select, update

from triptych.accounts.tables import users
from triptych.locking import among
from triptych.store import Store
from triptych.webhooks.tables import IS_ASKED, IS_DUE, webhook_deliveries, webhooks

LEASE_S = 60.0  # well above what an attempt takes: resolving the name, and then posting.WHOLE_S

_OF_WEBHOOK = select(webhook_deliveries.c.id).where(webhook_deliveries.c.webhook_id == webhooks.c.id).limit(1)
_ASKED = (
    _OF_WEBHOOK.where(IS_ASKED)
    .order_by(webhook_deliveries.c.asked_at, webhook_deliveries.c.id)
    .scalar_subquery()
    .label("asked_id")
)
_FIRST = (
    _OF_WEBHOOK.where(IS_DUE, webhook_deliveries.c.due_at <= bindparam("now"))
    .order_by(webhook_deliveries.c.due_at, webhook_deliveries.c.id)
    .scalar_subquery()
)
_IS_AWAKE = or_(webhooks.c.rests_until.is_(None), webhooks.c.rests_until <= bindparam("now"))
_IS_OF_A_DISABLED_USER = exists().where(users.c.id == webhooks.c.owner, users.c.disabled_at.is_not(None))
_DUE: Select[Any] = select(
    webhooks.c.id, webhooks.c.owner, webhooks.c.failures, _ASKED, case((_IS_AWAKE, _FIRST)).label("first_id")
).where(webhooks.c.disabled_at.is_(None), ~_IS_OF_A_DISABLED_USER)
_FREE = (
    select(webhook_deliveries.c.id)
    .where(webhook_deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .where(IS_DUE, webhook_deliveries.c.due_at <= bindparam("now"))
    .order_by(webhook_deliveries.c.id)
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(webhook_deliveries)
    .where(among(webhook_deliveries.c.id, _FREE))
    .values(tries=webhook_deliveries.c.tries + 1, due_at=bindparam("until"), asked_at=None)
    .returning(*webhook_deliveries.c)
)


@dataclass(frozen=True, slots=True)
class Due:
    """The delivery of a webhook that is next; ``failures``: attempts in a row that the webhook has behind it."""

    webhook_id: str
    owner: str
    failures: int
    delivery_id: str
    is_asked: bool

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """What its owner asked for, and else the one that has been due for longest."""
        is_asked = row.asked_id is not None
        return cls(row.id, row.owner, row.failures, row.asked_id if is_asked else row.first_id, is_asked)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process alone sends and settles, for ``LEASE_S``; and what its webhook's row says."""

    delivery: Row[Any]
    owner: str
    url: str
    secrets: Sequence[str]

    @classmethod
    def of(cls, delivery: Row[Any], webhook: Row[Any], now: float) -> Self:
        """The delivery with the secrets that sign now."""
        is_old_valid = webhook.old_secret is not None and webhook.old_secret_until > now
        secrets = [webhook.secret, webhook.old_secret] if is_old_valid else [webhook.secret]
        return cls(delivery, webhook.owner, webhook.url, secrets)


def list_due(store: Store) -> list[Due]:
    """For each webhook that something is due for, the first of that; while it rests, only what its owner asked for.

    Nothing is due while its owner's account is disabled: it waits.
    """
    with store.database.read() as connection:
        rows = connection.execute(_DUE, {"now": store.clock()})
        return [Due.of(row) for row in rows if row.asked_id is not None or row.first_id is not None]


def claim(store: Store, delivery_ids: Sequence[str]) -> list[Claimed]:
    """Claim those of the deliveries that nobody else has claimed since they were due."""
    if not delivery_ids:
        return []
    now = store.clock()
    with store.database.write() as connection:
        asked = {"ids": list(delivery_ids), "now": now, "until": now + LEASE_S}
        rows = connection.execute(_CLAIM, asked).all()
        return list(_with_webhooks(connection, rows, now))


def _with_webhooks(connection: Connection, rows: Sequence[Row[Any]], now: float) -> Iterator[Claimed]:
    ids = {row.webhook_id for row in rows}
    found = connection.execute(select(webhooks).where(webhooks.c.id.in_(sorted(ids))))
    by_id = {row.id: row for row in found}
    for row in rows:
        if row.webhook_id in by_id:
            yield Claimed.of(row, by_id[row.webhook_id], now)
