"""Sessions: how somebody who has signed in is known again, until they sign out or stay away."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, or_, select, update

from triptych.accounts.audit import Action, Actor, note
from triptych.accounts.rows import USER_COLUMNS, roles_in, user_of
from triptych.accounts.tables import sessions, users
from triptych.accounts.tokens import hashed, new_token
from triptych.accounts.values import Caller, Provided, Role, Session, User
from triptych.ids import new_id
from triptych.store import Store

TOUCH_S = 60.0  # how exactly it is known when a session or a key was last used
AGENT_CHARACTERS = 200

_FOUND: Select[Any] = (  # Any: columns of several types
    select(*USER_COLUMNS, sessions.c.id.label("session_id"), sessions.c.seen_at, sessions.c.expires_at)
    .add_columns(sessions.c.sign_out_url)
    .join(users, users.c.id == sessions.c.user_id)
    .where(sessions.c.token_sha256 == bindparam("token"), users.c.disabled_at.is_(None))
)


class UnknownSession(LookupError):
    """The user has no such session; the message is its id."""


def begin_session(
    store: Store, user: User, address: str, agent: str, instead_of: str = "", by: Provided | None = None
) -> str:
    """A new session of the user's, ``instead_of`` the one with that token; return its own, which is kept nowhere.

    ``by``: what a provider said of them, where it was not a password. Those of the user's that are over are removed.
    """
    token, session_id, now = new_token(), new_id(), store.clock()
    row = {
        "id": session_id,
        "token_sha256": hashed(token),
        "user_id": user.id,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + store.settings.session_s,
        "address": address,
        "agent": agent[:AGENT_CHARACTERS],
        "identity_id": by.identity_id if by else None,
        "sign_out_url": by.sign_out_url if by else None,
    }
    how = {"identity_id": by.identity_id, "issuer": by.issuer} if by else {}
    over = or_(sessions.c.expires_at <= now, sessions.c.seen_at <= now - store.settings.session_idle_s)
    with store.database.write() as connection:
        connection.execute(delete(sessions).where(sessions.c.user_id == user.id, over))
        connection.execute(delete(sessions).where(sessions.c.token_sha256 == hashed(instead_of)))
        connection.execute(insert(sessions), row)
        note(connection, store, Actor(user.id, user.email, address), Action.SIGNED_IN, session_id, **how)
    return token


def caller_of_session(store: Store, token: str) -> tuple[Caller, bool] | None:
    """Who has this session, and whether it is time to ``touch`` it; None: it is over, or never was."""
    now = store.clock()
    with store.database.read() as connection:
        row = connection.execute(_FOUND, {"token": hashed(token)}).one_or_none()
    if row is None or row.expires_at <= now or row.seen_at <= now - store.settings.session_idle_s:
        return None
    caller = Caller(user_of(row), session_id=row.session_id, sign_out_url=row.sign_out_url)
    return caller, now - row.seen_at >= TOUCH_S


def roles_by_session(store: Store, session_ids: Collection[str]) -> dict[str, Role]:
    """The roles of those whose sessions these are, without the sessions that are over, used or not."""
    wanted = select(sessions.c.id, users.c.role).join(users, users.c.id == sessions.c.user_id)
    lasting = (sessions.c.expires_at > store.clock(), users.c.disabled_at.is_(None))
    return roles_in(store, wanted.where(sessions.c.id.in_(session_ids), *lasting)) if session_ids else {}


def touch_session(store: Store, session_id: str) -> None:
    """Note that the session is used now."""
    with store.database.write() as connection:
        connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=store.clock()))


def list_sessions(store: Store, user_id: str) -> list[Session]:
    """The user's sessions that are not over, the newest first."""
    now = store.clock()
    lasting = (sessions.c.expires_at > now, sessions.c.seen_at > now - store.settings.session_idle_s)
    wanted = select(sessions).where(sessions.c.user_id == user_id, *lasting).order_by(sessions.c.id.desc())
    with store.database.read() as connection:
        return [
            Session(row.id, row.created_at, row.seen_at, row.expires_at, row.address, row.agent)
            for row in connection.execute(wanted)
        ]


def end_session(store: Store, user_id: str, by: Actor, session_id: str) -> None:
    """End one session of the user's. Raises UnknownSession."""
    its = delete(sessions).where(sessions.c.id == session_id, sessions.c.user_id == user_id)
    with store.database.write() as connection:
        if not connection.execute(its).rowcount:
            raise UnknownSession(session_id)
        note(connection, store, by, Action.SIGNED_OUT, session_id)


def end_sessions(store: Store, user_id: str, by: Actor) -> None:
    """End every session of the user's."""
    with store.database.write() as connection:
        connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
        note(connection, store, by, Action.SIGNED_OUT_EVERYWHERE, user_id)
