"""Signing in with an address and a password, and changing that."""

from typing import Any

from sqlalchemy import Select, delete, select, update

from triptych.accounts.audit import Action, Actor, note
from triptych.accounts.passwords import check_password, hash_password, is_password
from triptych.accounts.rows import USER_COLUMNS, user_of
from triptych.accounts.tables import sessions, users
from triptych.accounts.values import User
from triptych.store import Store


class SignInRefused(Exception):
    """No user who may sign in has this address and this password; which of them is wrong is told to nobody."""


def known_by_password(store: Store, email: str, password: str) -> User:
    """Who signs in so. Raises SignInRefused, after the same work whatever was wrong."""
    wanted: Select[Any] = select(*USER_COLUMNS, users.c.password_hash).where(users.c.email == email.lower())
    with store.database.read() as connection:
        row = connection.execute(wanted).one_or_none()
    kept = None if row is None else row.password_hash
    is_right = is_password(kept, password, store.settings.password_bytes)
    if row is None or not is_right or row.disabled_at is not None:
        raise SignInRefused
    return user_of(row)


def note_refusal(store: Store, email: str, address: str) -> None:
    """Write down that somebody tried to sign in as ``email``, and may not."""
    with store.database.write() as connection:
        known = connection.execute(select(users.c.id).where(users.c.email == email.lower())).scalar_one_or_none()
        note(connection, store, Actor(None, "", address), Action.SIGN_IN_REFUSED, known or "", email=email.lower())


def change_password(store: Store, by: Actor, user: User, session_id: str, old: str, new: str) -> None:
    """Give the user another password and end every session but this. Raises SignInRefused, WeakPassword.

    Who has none gets none: that would be a second way in.
    """
    check_password(new, user.email)
    with store.database.read() as connection:
        kept = connection.execute(select(users.c.password_hash).where(users.c.id == user.id)).scalar_one()
    if not is_password(kept, old, store.settings.password_bytes):
        raise SignInRefused
    others = delete(sessions).where(sessions.c.user_id == user.id, sessions.c.id != session_id)
    hashed = hash_password(new, store.settings.password_bytes)
    changed = update(users).where(users.c.id == user.id).values(password_hash=hashed)
    with store.database.write() as connection:
        connection.execute(changed)
        connection.execute(others)
        note(connection, store, by, Action.PASSWORD_CHANGED, user.id)
