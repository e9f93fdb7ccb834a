"""Webhooks as their owner has them: named, listed, changed, given another secret, removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from triptych.accounts.audit import Action, Actor, note
from triptych.ids import new_id
from triptych.store import Store
from triptych.webhooks.settling import give_up_pending
from triptych.webhooks.signing import new_secret
from triptych.webhooks.tables import webhooks
from triptych.webhooks.values import EventName, TooManyWebhooks, UnknownWebhook, Webhook

MOST_WEBHOOKS = 20  # of one owner
OLD_SECRET_S = 86_400.0  # that a secret signs which was replaced
BY_OWNER = "its owner disabled it"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A webhook to be: a URL that was checked (targets.py), and what it is to be told of."""

    url: str
    events: Sequence[EventName]
    pipelines: Sequence[str] = ()
    description: str = ""


class WithSecret(NamedTuple):
    """A webhook, and its secret, which is told this once."""

    webhook: Webhook
    secret: str


def create(store: Store, owner: str, by: Actor, wanted: Wanted) -> WithSecret:
    """A new webhook, told of what ends from now on; ``by`` whom is written down. Raises TooManyWebhooks."""
    secret = new_secret()
    row = {
        "id": new_id(),
        "owner": owner,
        "url": wanted.url,
        "description": wanted.description,
        "events": sorted(set(wanted.events)),
        "pipelines": sorted(set(wanted.pipelines)),
        "secret": secret,
        "created_at": store.clock(),
    }
    with store.database.write() as connection:
        count = connection.execute(select(func.count()).where(webhooks.c.owner == owner)).scalar_one()
        if count >= MOST_WEBHOOKS:
            raise TooManyWebhooks(MOST_WEBHOOKS)
        made = connection.execute(insert(webhooks).values(row).returning(*webhooks.c)).one()
        note(connection, store, by, Action.WEBHOOK_CREATED, made.id, host=_host(made.url))
    return WithSecret(Webhook.of(made), secret)


def list_webhooks(store: Store, owner: str) -> list[Webhook]:
    """The owner's webhooks, oldest first."""
    its = select(webhooks).where(webhooks.c.owner == owner).order_by(webhooks.c.id)
    with store.database.read() as connection:
        return [Webhook.of(row) for row in connection.execute(its)]


def get_webhook(store: Store, owner: str, webhook_id: str) -> Webhook:
    """The webhook. Raises UnknownWebhook."""
    with store.database.read() as connection:
        return Webhook.of(owned(connection, owner, webhook_id))


def change(
    store: Store, owner: str, by: Actor, webhook_id: str, values: Mapping[str, Any], *, enabled: bool | None = None
) -> Webhook:
    """Set what ``values`` names: url (checked), events, pipelines, description. Raises UnknownWebhook.

    Enabled again it begins anew, with no failure behind it; disabled, what was still being tried is given up.
    """
    with store.database.write() as connection:
        before = owned(connection, owner, webhook_id, held=True)
        changed = dict(values)
        if enabled is True and before.disabled_at is not None:
            changed |= {"disabled_at": None, "disabled_reason": None, "rests_until": None}
            changed |= {"failures": 0, "failing_since": None}
        if enabled is False and before.disabled_at is None:
            changed |= disabled(connection, webhook_id, BY_OWNER, store.clock())
        if changed:
            connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(changed))
        row = owned(connection, owner, webhook_id)
        note(connection, store, by, Action.WEBHOOK_CHANGED, webhook_id, host=_host(row.url), changed=sorted(changed))
        return Webhook.of(row)


def disabled(connection: Connection, webhook_id: str, reason: str, now: float) -> dict[str, Any]:
    """What a webhook's row says that is disabled from now on; what was still to be sent to it is given up."""
    give_up_pending(connection, webhook_id, now)
    return {"disabled_at": now, "disabled_reason": reason}


def rotate_secret(store: Store, owner: str, by: Actor, webhook_id: str) -> WithSecret:
    """Give the webhook another secret; the one it had signs too for ``OLD_SECRET_S``. Raises UnknownWebhook."""
    secret = new_secret()
    with store.database.write() as connection:
        before = owned(connection, owner, webhook_id, held=True)
        values = {
            "secret": secret,
            "old_secret": before.secret,
            "old_secret_until": store.clock() + OLD_SECRET_S,
        }
        connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(values))
        note(connection, store, by, Action.WEBHOOK_SECRET_REPLACED, webhook_id)
        return WithSecret(Webhook.of(owned(connection, owner, webhook_id)), secret)


def remove(store: Store, owner: str, by: Actor, webhook_id: str) -> None:
    """Remove the webhook with its deliveries. Raises UnknownWebhook."""
    with store.database.write() as connection:
        owned(connection, owner, webhook_id)
        connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))
        note(connection, store, by, Action.WEBHOOK_DELETED, webhook_id)


def owned(connection: Connection, owner: str, webhook_id: str, *, held: bool = False) -> Row[Any]:
    """The owner's row, which nobody changes before the transaction ends if it is ``held``. Raises UnknownWebhook."""
    its: Select[Any] = select(webhooks).where(webhooks.c.id == webhook_id, webhooks.c.owner == owner)
    row = connection.execute(its.with_for_update() if held else its).one_or_none()
    if row is None:
        raise UnknownWebhook(webhook_id)
    return row


def _host(url: str) -> str | None:
    """What is written down of a URL, whose path and query may hold a secret."""
    return urlsplit(url).hostname
