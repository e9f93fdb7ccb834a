"""Users: who has an account, what they may, and how they stop having one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from triptych.accounts.audit import Action, Actor, note
from triptych.accounts.rows import USER_COLUMNS, user_of
from triptych.accounts.tables import sessions, users
from triptych.accounts.values import Role, User
from triptych.database import metadata
from triptych.ids import new_id
from triptych.retention.rules import forget_rules_in
from triptych.store import Store


class UnknownUser(LookupError):
    """Nobody has this id; the message is it."""


class EmailTaken(Exception):
    """Somebody has an account with this address already; the message is the address."""


class LastAdmin(Exception):
    """Without this administrator there would be none."""


class OwnsThings(Exception):
    """The user still has things, which would be nobody's; the message says where they lie."""


def create_user(store: Store, email: str, name: str, role: Role, password_hash: str | None = None) -> User:
    """A new user. Raises EmailTaken."""
    with store.database.write() as connection:
        return add_user(connection, User(new_id(), email.lower(), name, role, store.clock()), password_hash)


def add_user(connection: Connection, user: User, password_hash: str | None) -> User:
    """``user``, who is there from the transaction's commit on. Raises EmailTaken."""
    row = {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "password_hash": password_hash,
        "created_at": user.created_at,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(users), row)
    except IntegrityError:
        raise EmailTaken(user.email) from None
    return user


def list_users(
    store: Store, after: str | None, limit: int, *, since: float | None = None, before: float | None = None
) -> list[User]:
    """Up to ``limit`` users, in the order of their ids, behind the one with the id ``after``.

    Of those who have come between two moments, in seconds since the epoch: ``since`` then or later.
    """
    wanted = select(*USER_COLUMNS).order_by(users.c.id).limit(limit)
    if after is not None:
        wanted = wanted.where(users.c.id > after)
    if since is not None:
        wanted = wanted.where(users.c.created_at >= since)
    if before is not None:
        wanted = wanted.where(users.c.created_at < before)
    with store.database.read() as connection:
        return [user_of(row) for row in connection.execute(wanted)]


def change_user(store: Store, by: Actor, user_id: str, changes: Mapping[str, Any]) -> User:  # Any: columns
    """Change ``role``, ``disabled`` or quotas of a user. Raises UnknownUser, LastAdmin.

    Who is disabled is signed out everywhere, and their keys are refused; what is theirs stays, and their jobs go on.
    """
    values = {name: value for name, value in changes.items() if name != "disabled"}
    if "disabled" in changes:
        values["disabled_at"] = store.clock() if changes["disabled"] else None
    with store.database.write() as connection:
        before = _held(connection, user_id)
        if before.role is Role.ADMIN and (values.get("role", Role.ADMIN) != Role.ADMIN or values.get("disabled_at")):
            _check_others(connection, user_id)
        if values:
            connection.execute(update(users).where(users.c.id == user_id).values(**values))
        if values.get("disabled_at"):
            connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
        note(connection, store, by, Action.USER_CHANGED, user_id, email=before.email, **changes)
        return _held(connection, user_id)


def give_role(connection: Connection, store: Store, by: Actor, user: User, role: Role) -> User:
    """Have the user, whom the transaction holds, be ``role`` from now on. Raises LastAdmin."""
    if role is user.role:
        return user
    if user.role is Role.ADMIN:
        _check_others(connection, user.id)
    connection.execute(update(users).where(users.c.id == user.id).values(role=role))
    note(connection, store, by, Action.USER_CHANGED, user.id, email=user.email, role=role)
    return replace(user, role=role)


def delete_user(store: Store, by: Actor, user_id: str) -> None:
    """Delete a user who has nothing any more, with their keys and sessions. Raises UnknownUser, LastAdmin, OwnsThings.

    Nothing is deleted with an account by accident, and nothing becomes nobody's: whatever has an ``owner`` is asked.
    """
    with store.database.write() as connection:
        user = _held(connection, user_id)
        if user.role is Role.ADMIN:
            _check_others(connection, user_id)
        forget_rules_in(connection, user_id)
        owning = [table for table in metadata.sorted_tables if "owner" in table.c]
        kept = [t.name for t in owning if connection.execute(select(exists().where(t.c.owner == user_id))).scalar()]
        if kept:
            raise OwnsThings(", ".join(kept))
        connection.execute(delete(users).where(users.c.id == user_id))
        note(connection, store, by, Action.USER_DELETED, user_id, email=user.email)


def _held(connection: Connection, user_id: str) -> User:
    """The user; nobody else changes them before the transaction ends. Raises UnknownUser."""
    row = connection.execute(select(*USER_COLUMNS).where(users.c.id == user_id).with_for_update()).one_or_none()
    if row is None:
        raise UnknownUser(user_id)
    return user_of(row)


def _check_others(connection: Connection, user_id: str) -> None:
    """Raise LastAdmin unless another administrator can come in, who stays one until the transaction ends."""
    others = select(users.c.id).where(users.c.role == Role.ADMIN, users.c.disabled_at.is_(None), users.c.id != user_id)
    if not connection.execute(others.with_for_update()).first():
        raise LastAdmin(user_id)
