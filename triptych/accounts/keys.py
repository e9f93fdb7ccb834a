"""API keys: how a program shows for whom it asks, and that it may ask for this."""

import hmac
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, or_, select, update

from triptych.accounts.audit import Action, Actor, note
from triptych.accounts.rows import USER_COLUMNS, roles_in, user_of
from triptych.accounts.sessions import TOUCH_S
from triptych.accounts.tables import api_keys, users
from triptych.accounts.tokens import hashed, new_token
from triptych.accounts.values import Caller, Key, Role
from triptych.ids import new_id
from triptych.store import Store

START = "tri_"  # by which leaked keys are found
SHOWN_CHARACTERS = 12  # of a key, to know it again: 48 of its 256 bits
MOST_KEYS = 100  # of one account

_FOUND: Select[Any] = (  # Any: columns of several types
    select(*USER_COLUMNS, *[api_keys.c.id.label("key_id"), api_keys.c.scopes, api_keys.c.key_sha256])
    .add_columns(api_keys.c.last_used_at, api_keys.c.expires_at)
    .join(users, users.c.id == api_keys.c.user_id)
    .where(api_keys.c.prefix == bindparam("prefix"), users.c.disabled_at.is_(None))
)


class UnknownKey(LookupError):
    """The user has no such key; the message is its id."""


class TooManyKeys(Exception):
    """The account has as many keys as it may; the message is how many."""


def create_key(
    store: Store, user_id: str, by: Actor, name: str, scopes: Collection[str], expires_at: float | None
) -> tuple[Key, str]:
    """A new key of the user's, and what it is, which is told now and never again. Raises TooManyKeys."""
    secret = new_token(START)
    key = Key(new_id(), name, secret[:SHOWN_CHARACTERS], frozenset(scopes), store.clock(), None, expires_at)
    row = {
        "id": key.id,
        "prefix": key.prefix,
        "key_sha256": hashed(secret),
        "user_id": user_id,
        "name": name,
        "scopes": sorted(scopes),
        "created_at": key.created_at,
        "expires_at": expires_at,
    }
    with store.database.write() as connection:
        held = connection.execute(select(api_keys.c.id).where(api_keys.c.user_id == user_id)).all()
        if len(held) >= MOST_KEYS:
            raise TooManyKeys(str(MOST_KEYS))
        connection.execute(insert(api_keys), row)
        note(connection, store, by, Action.KEY_CREATED, key.id, name=name, prefix=key.prefix, scopes=sorted(scopes))
    return key, secret


def caller_of_key(store: Store, secret: str) -> tuple[Caller, bool] | None:
    """For whom this key asks, and whether it is time to ``touch`` it; None: there is no such key, or no more."""
    now, given = store.clock(), hashed(secret)
    with store.database.read() as connection:
        rows = connection.execute(_FOUND, {"prefix": secret[:SHOWN_CHARACTERS]}).all()
    for row in rows:
        is_it = hmac.compare_digest(row.key_sha256, given)
        if is_it and (row.expires_at is None or row.expires_at > now):
            caller = Caller(user_of(row), frozenset(row.scopes), key_id=row.key_id, expires_at=row.expires_at)
            return caller, row.last_used_at is None or now - row.last_used_at >= TOUCH_S
    return None


def roles_by_key(store: Store, key_ids: Collection[str]) -> dict[str, Role]:
    """The roles of those whose keys these are, without the keys that nobody is let in by any more."""
    lasting = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > store.clock())
    wanted = select(api_keys.c.id, users.c.role).join(users, users.c.id == api_keys.c.user_id)
    wanted = wanted.where(api_keys.c.id.in_(key_ids), lasting, users.c.disabled_at.is_(None))
    return roles_in(store, wanted) if key_ids else {}


def touch_key(store: Store, key_id: str) -> None:
    """Note that the key is used now."""
    with store.database.write() as connection:
        connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(last_used_at=store.clock()))


def list_keys(store: Store, user_id: str) -> list[Key]:
    """The user's keys, the newest first, those that have expired too."""
    wanted = select(api_keys).where(api_keys.c.user_id == user_id).order_by(api_keys.c.id.desc())
    with store.database.read() as connection:
        return [
            Key(row.id, row.name, row.prefix, frozenset(row.scopes), row.created_at, row.last_used_at, row.expires_at)
            for row in connection.execute(wanted)
        ]


def revoke_key(store: Store, user_id: str, by: Actor, key_id: str) -> None:
    """Remove a key of the user's. Raises UnknownKey."""
    its = delete(api_keys).where(api_keys.c.id == key_id, api_keys.c.user_id == user_id)
    with store.database.write() as connection:
        if not connection.execute(its).rowcount:
            raise UnknownKey(key_id)
        note(connection, store, by, Action.KEY_REVOKED, key_id)
