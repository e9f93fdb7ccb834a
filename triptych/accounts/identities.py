"""Identities: by whom at a provider a user is known, how one is linked to an account, and how no longer."""

from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from triptych.accounts.audit import Action, Actor, note
from triptych.accounts.claims import Claimed
from triptych.accounts.rows import USER_COLUMNS
from triptych.accounts.tables import identities, sessions, users
from triptych.accounts.values import Identity
from triptych.ids import new_id
from triptych.store import Store


class UnknownIdentity(LookupError):
    """The user has no such identity; the message is its id."""


class IdentityTaken(Exception):
    """Who this is at the provider is known here as somebody else."""


class NotByRule(Exception):
    """The account came by the settings' rule, which does not hold for who is to be linked to it."""


class LastWayIn(Exception):
    """Without this identity its user, who has no password, could not come in any more; the message is its id."""


def known_by_identity(connection: Connection, who: Claimed) -> Row[Any] | None:  # Any: each column of its own type
    """The user who is known so, with ``identity_id`` and ``by_rule``; nobody else changes them meanwhile."""
    wanted: Select[Any] = select(*USER_COLUMNS, identities.c.id.label("identity_id"), identities.c.by_rule)
    its = (identities.c.issuer == who.issuer, identities.c.subject == who.subject)
    return connection.execute(
        wanted.join(identities, identities.c.user_id == users.c.id).where(*its).with_for_update()
    ).one_or_none()


def add_identity(
    connection: Connection, store: Store, by: Actor, user_id: str, who: Claimed, *, by_rule: bool = False
) -> str:
    """Have ``who`` be known as the user, and return the identity's id. Raises IdentityTaken."""
    identity_id = new_id()
    row = {
        "id": identity_id,
        "user_id": user_id,
        "issuer": who.issuer,
        "subject": who.subject,
        "email": who.email,
        "by_rule": by_rule,
        "created_at": store.clock(),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(identities), row)
    except IntegrityError:
        raise IdentityTaken from None
    note(connection, store, by, Action.IDENTITY_LINKED, identity_id, issuer=who.issuer, email=who.email)
    return identity_id


def use_identity(connection: Connection, store: Store, identity_id: str, who: Claimed) -> None:
    """Note that somebody signs in by it now."""
    seen = {"used_at": store.clock(), "email": who.email}
    connection.execute(update(identities).where(identities.c.id == identity_id).values(seen))


def link_identity(store: Store, by: Actor, user_id: str, who: Claimed) -> None:
    """Have the user be known as ``who`` too, from now on. Raises IdentityTaken, NotByRule.

    What came by the rule stays under it: or whoever is admitted no longer would come by another identity for good.
    """
    with store.database.write() as connection:
        known = known_by_identity(connection, who)
        if known is not None:
            if known.id != user_id:
                raise IdentityTaken
            return
        ruled = select(identities.c.id).where(identities.c.user_id == user_id, identities.c.by_rule)
        by_rule = connection.execute(ruled.limit(1)).first() is not None
        if by_rule and not who.is_admitted(store.settings):
            raise NotByRule
        add_identity(connection, store, by, user_id, who, by_rule=by_rule)


def list_identities(store: Store, user_id: str) -> list[Identity]:
    """The user's identities, the newest first."""
    wanted = select(identities).where(identities.c.user_id == user_id).order_by(identities.c.id.desc())
    with store.database.read() as connection:
        return [
            Identity(row.id, row.issuer, row.email, row.created_at, row.used_at) for row in connection.execute(wanted)
        ]


def unlink_identity(store: Store, user_id: str, by: Actor, identity_id: str, session_id: str | None) -> None:
    """Have it open nothing any more, and end the sessions that began by it, but for the one that asks.

    Raises UnknownIdentity, LastWayIn.
    """
    mine = identities.c.user_id == user_id
    with store.database.write() as connection:
        wanted = select(users.c.password_hash).where(users.c.id == user_id).with_for_update()
        has_password = connection.execute(wanted).scalar_one() is not None
        found = connection.execute(
            select(identities.c.issuer, identities.c.email).where(identities.c.id == identity_id, mine)
        ).one_or_none()
        if found is None:
            raise UnknownIdentity(identity_id)
        if not has_password and not _has_other(connection, store, user_id, identity_id):
            raise LastWayIn(identity_id)
        connection.execute(delete(identities).where(identities.c.id == identity_id))
        began = (sessions.c.identity_id == identity_id, sessions.c.id != (session_id or ""))
        connection.execute(delete(sessions).where(*began))
        note(connection, store, by, Action.IDENTITY_UNLINKED, identity_id, issuer=found.issuer, email=found.email)


def _has_other(connection: Connection, store: Store, user_id: str, identity_id: str) -> bool:
    """Whether another identity opens the account: those of a provider that is asked no more do not."""
    others = (identities.c.user_id == user_id, identities.c.id != identity_id)
    wanted = select(identities.c.id).where(*others, identities.c.issuer == store.settings.oidc_issuer)
    return connection.execute(wanted.limit(1)).first() is not None
