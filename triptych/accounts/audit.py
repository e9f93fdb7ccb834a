"""What is written down: who did what to whom, from where and when, in the transaction that does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from triptych.accounts.tables import audit
from triptych.ids import new_id
from triptych.store import Store


class Action(StrEnum):
    """What is written down. Reading is not, nor what people do with their own jobs and files."""

    SIGNED_IN = "session.begun"
    SIGN_IN_REFUSED = "session.refused"
    SIGNED_OUT = "session.ended"
    SIGNED_OUT_EVERYWHERE = "session.ended_all"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 -- no password
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"
    KEY_CREATED = "key.created"
    KEY_REVOKED = "key.revoked"
    INVITED = "invitation.created"
    INVITATION_REVOKED = "invitation.revoked"
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    USER_DELETED = "user.deleted"
    WEBHOOK_CREATED = "webhook.created"  # to where what one makes is told from now on
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_SECRET_REPLACED = "webhook.secret_replaced"  # noqa: S105 -- no password
    WEBHOOK_DELETED = "webhook.deleted"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and from which address; ``id`` is None where it is nobody who is known."""

    id: str | None
    name: str
    address: str
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written down. ``at`` is in seconds since the epoch."""

    id: str
    at: float
    actor_id: str | None
    actor: str
    action: str
    object_id: str
    address: str
    detail: Mapping[str, Any]  # Any: JSON


def note(connection: Connection, store: Store, by: Actor, action: Action, object_id: str, **detail: object) -> None:
    """Write down that ``by`` did ``action``: it is there if, and only if, the transaction commits."""
    row = {
        "id": new_id(),
        "at": store.clock(),
        "actor_id": by.id,
        "actor": by.name,
        "action": action,
        "object_id": object_id,
        "address": by.address,
        "detail": detail | ({"key_id": by.key_id} if by.key_id else {}),
    }
    connection.execute(insert(audit), row)


def list_entries(
    store: Store, actor_id: str | None, before: str | None, limit: int, since: str | None = None
) -> list[Entry]:
    """Up to ``limit`` entries, newest first, with ids below ``before`` and from ``since`` on; of one actor, or all."""
    wanted = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if actor_id is not None:
        wanted = wanted.where(audit.c.actor_id == actor_id)
    if before is not None:
        wanted = wanted.where(audit.c.id < before)
    if since is not None:
        wanted = wanted.where(audit.c.id >= since)
    with store.database.read() as connection:
        return [Entry(**row._mapping) for row in connection.execute(wanted)]


def forget_entries(store: Store) -> None:
    """Remove what is older than is kept."""
    oldest = store.clock() - store.settings.audit_s
    with store.database.write() as connection:
        connection.execute(delete(audit).where(audit.c.at < oldest))
