"""Invitations: a link that makes one account, once; the first administrator's is the house's own (set-up)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select

from triptych.accounts.audit import Action, Actor, note
from triptych.accounts.tables import invitations, users
from triptych.accounts.tokens import hashed, new_token
from triptych.accounts.users import EmailTaken, add_user
from triptych.accounts.values import LOCAL_USER, Role, User
from triptych.ids import new_id
from triptych.store import Store

SETUP_S = 24 * 3600.0  # until which somebody reads what the house says at its start


class UnknownInvitation(LookupError):
    """There is no such invitation, it was accepted, or it is over; the message is its id, if that is known."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that nobody has accepted yet."""

    id: str
    email: str
    role: Role
    created_by: str
    created_at: float
    expires_at: float


def offer_setup(store: Store) -> str | None:
    """A token by which the first administrator's account is made; None: there are accounts already.

    It stands beside those that other processes have offered; the first that is used ends them all.
    """
    now, token = store.clock(), new_token()
    row = {
        "id": new_id(),
        "token_sha256": hashed(token),
        "role": Role.ADMIN,
        "created_at": now,
        "expires_at": now + SETUP_S,
    }
    with store.database.write() as connection:
        if has_users(connection):
            return None
        connection.execute(delete(invitations).where(invitations.c.expires_at <= now))
        connection.execute(insert(invitations), row)
    return token


def needs_setup(store: Store) -> bool:
    """Whether nobody has an account yet."""
    with store.database.read() as connection:
        return not has_users(connection)


def set_up(store: Store, token: str, email: str, name: str, password_hash: str, address: str) -> User:
    """Make the first administrator's account, whose is what was made in local mode. Raises UnknownInvitation."""
    with store.database.write() as connection:
        if take_invitation(connection, store, hashed(token)).email is not None:
            raise UnknownInvitation("")
        return set_up_as(connection, store, email, name, password_hash, address)


def set_up_as(
    connection: Connection, store: Store, email: str, name: str, password_hash: str | None, address: str
) -> User:
    """The first administrator, who ends every offer to be that. Raises UnknownInvitation where there is one already."""
    if has_users(connection):
        raise UnknownInvitation("")
    connection.execute(delete(invitations).where(invitations.c.created_by.is_(None)))
    user = add_user(connection, User(LOCAL_USER, email.lower(), name, Role.ADMIN, store.clock()), password_hash)
    note(connection, store, Actor(user.id, user.email, address), Action.USER_CREATED, user.id, role=user.role)
    return user


def invite(store: Store, by: Actor, email: str, role: Role, lasts_s: float) -> tuple[Invitation, str]:
    """An invitation, and the token of its link, which is kept nowhere. Raises EmailTaken.

    An earlier one for the same address is no longer good.
    """
    now, token = store.clock(), new_token()
    made = Invitation(new_id(), email.lower(), role, str(by.id), now, now + lasts_s)
    row = {
        "id": made.id,
        "token_sha256": hashed(token),
        "email": made.email,
        "role": role,
        "created_by": by.id,
        "created_at": now,
        "expires_at": made.expires_at,
    }
    with store.database.write() as connection:
        if connection.execute(select(users.c.id).where(users.c.email == made.email)).first():
            raise EmailTaken(made.email)
        over = or_(invitations.c.email == made.email, invitations.c.expires_at <= now)
        connection.execute(delete(invitations).where(over))
        connection.execute(insert(invitations), row)
        note(connection, store, by, Action.INVITED, made.id, email=made.email, role=role)
    return made, token


def accept(store: Store, token: str, name: str, password_hash: str, address: str) -> User:
    """Make the account that the invitation is for. Raises UnknownInvitation, EmailTaken."""
    with store.database.write() as connection:
        taken = take_invitation(connection, store, hashed(token))
        if taken.email is None:
            raise UnknownInvitation("")
        return accept_as(connection, store, taken, name, password_hash, address)


def accept_as(
    connection: Connection, store: Store, taken: Row[Any], name: str, password_hash: str | None, address: str
) -> User:
    """The account that the invitation ``taken`` is for. Raises EmailTaken."""
    user = add_user(connection, User(new_id(), taken.email, name, Role(taken.role), store.clock()), password_hash)
    by = Actor(user.id, user.email, address)
    note(connection, store, by, Action.USER_CREATED, user.id, role=user.role, invitation_id=taken.id)
    return user


def list_invitations(store: Store) -> list[Invitation]:
    """Those that can still be accepted, newest first."""
    now, of_people = store.clock(), invitations.c.created_by.is_not(None)
    wanted = select(invitations).where(of_people, invitations.c.expires_at > now).order_by(invitations.c.id.desc())
    with store.database.read() as connection:
        return [
            Invitation(row.id, row.email, Role(row.role), row.created_by, row.created_at, row.expires_at)
            for row in connection.execute(wanted)
        ]


def revoke_invitation(store: Store, by: Actor, invitation_id: str) -> None:
    """Have its link do nothing. Raises UnknownInvitation."""
    its = delete(invitations).where(invitations.c.id == invitation_id, invitations.c.created_by.is_not(None))
    with store.database.write() as connection:
        if not connection.execute(its).rowcount:
            raise UnknownInvitation(invitation_id)
        note(connection, store, by, Action.INVITATION_REVOKED, invitation_id)


def take_invitation(connection: Connection, store: Store, token_sha256: str) -> Row[Any]:  # Any: as each column is
    """The invitation of this token, which is gone once the transaction commits. Raises UnknownInvitation."""
    its = delete(invitations).where(invitations.c.token_sha256 == token_sha256).returning(invitations)
    row = connection.execute(its).one_or_none()
    if row is None or row.expires_at <= store.clock():
        raise UnknownInvitation("")
    return row


def has_users(connection: Connection) -> bool:
    """Whether anybody has an account."""
    return connection.execute(select(users.c.id).limit(1)).first() is not None
