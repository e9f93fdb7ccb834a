"""Coming in by a provider: whoever is known, invited or admitted by the settings' rule is let in, and nobody else.

An account is never given to somebody because of an address alone: an address may change hands, and a provider may say
what it was told. Who has an account links it, signed in.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from triptych.accounts.audit import Action, Actor, note
from triptych.accounts.claims import Claimed
from triptych.accounts.identities import IdentityTaken, add_identity, known_by_identity, use_identity
from triptych.accounts.invitations import UnknownInvitation, accept_as, has_users, set_up_as, take_invitation
from triptych.accounts.rows import user_of
from triptych.accounts.tables import invitations, users
from triptych.accounts.users import EmailTaken, LastAdmin, add_user, give_role
from triptych.accounts.values import Role, User
from triptych.ids import new_id
from triptych.store import Store


class Refusal(StrEnum):
    """Why somebody is not let in by a provider, or an identity is not linked. The door says it in words."""

    ATTEMPT_OVER = "attempt_over"  # begun too long ago, in another browser, or finished already
    DENIED = "denied"  # they said no at the provider
    PROVIDER_AWAY = "provider_away"
    PROVIDER_FAILED = "provider_failed"  # it answered what cannot be trusted; the log says what
    BUSY = "busy"
    EMAIL_UNVERIFIED = "email_unverified"
    EMAIL_TAKEN = "email_taken"  # by an account that is not linked: sign in, and link it
    NOT_ADMITTED = "not_admitted"  # or no longer
    INVITATION_OVER = "invitation_over"
    DISABLED = "disabled"
    NEEDS_SETUP = "needs_setup"
    IDENTITY_TAKEN = "identity_taken"  # it is linked to another account
    LINK_NOT_ADMITTED = "link_not_admitted"  # to an account that came by the settings' rule, which does not hold for it


TAKEN = (Refusal.EMAIL_TAKEN, Refusal.INVITATION_OVER)  # perhaps by themselves, who came twice at one moment


class NotLetIn(Exception):
    """Somebody is not let in."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def come_in(store: Store, who: Claimed, invitation_sha256: str | None, address: str) -> tuple[User, str]:
    """The user who ``who`` is, made now if they may come, and the identity's id. Raises NotLetIn."""
    try:
        return _come_in(store, who, invitation_sha256, address)
    except IdentityTaken:
        pass
    except NotLetIn as error:
        if error.refusal not in TAKEN:
            raise
    return _come_in(store, who, invitation_sha256, address)


def note_not_let_in(store: Store, who: Claimed | None, refusal: Refusal, address: str) -> None:
    """Write down who was not let in, as far as it is known."""
    told = {"issuer": store.settings.oidc_issuer, "email": who.email if who else ""}
    with store.database.write() as connection:
        known = known_by_identity(connection, who) if who else None
        object_id = "" if known is None else known.id
        note(connection, store, Actor(None, "", address), Action.SIGN_IN_REFUSED, object_id, why=refusal, **told)


def _come_in(store: Store, who: Claimed, invitation_sha256: str | None, address: str) -> tuple[User, str]:
    with store.database.write() as connection:
        known = known_by_identity(connection, who)
        if known is None:
            return _new(connection, store, who, invitation_sha256, address)
        user = _again(connection, store, who, known, address)
        use_identity(connection, store, known.identity_id, who)
        return user, str(known.identity_id)


def _again(connection: Connection, store: Store, who: Claimed, known: Row[Any], address: str) -> User:
    """Who was here before. The rule by which they came still has to hold, and says what they are, if it says that."""
    user = user_of(known)
    if user.disabled_at is not None:
        raise NotLetIn(Refusal.DISABLED)
    if not known.by_rule:
        return user
    if not who.is_admitted(store.settings):
        raise NotLetIn(Refusal.NOT_ADMITTED)
    if not store.settings.oidc_roles:  # so that what an administrator gave, or took, is not undone at each sign-in
        return user
    try:
        return give_role(connection, store, Actor(user.id, user.email, address), user, who.role(store.settings))
    except LastAdmin:  # who stays one, until there is another
        return user


def _new(
    connection: Connection, store: Store, who: Claimed, invitation_sha256: str | None, address: str
) -> tuple[User, str]:
    invitation = None if invitation_sha256 else _invitation_of(connection, store, who.email)
    try:
        if invitation_sha256 or invitation:
            user, by_rule = _invited(connection, store, who, invitation_sha256 or str(invitation), address), False
        else:
            user, by_rule = _admitted(connection, store, who, address), True
    except EmailTaken:
        raise NotLetIn(Refusal.EMAIL_TAKEN) from None
    except UnknownInvitation:
        raise NotLetIn(Refusal.INVITATION_OVER) from None
    identity_id = add_identity(connection, store, Actor(user.id, user.email, address), user.id, who, by_rule=by_rule)
    use_identity(connection, store, identity_id, who)
    return user, identity_id


def _invitation_of(connection: Connection, store: Store, email: str) -> str | None:
    """The invitation of this address, which the provider says is theirs."""
    open_ones = (invitations.c.email == email, invitations.c.expires_at > store.clock())
    its = select(invitations.c.token_sha256).where(*open_ones)
    return connection.execute(its).scalars().first() if email else None


def _invited(connection: Connection, store: Store, who: Claimed, token_sha256: str, address: str) -> User:
    """The account is the invited address', whoever has the link: it is what was given to them."""
    taken = take_invitation(connection, store, token_sha256)
    if taken.email is not None:
        return accept_as(connection, store, taken, who.name, None, address)
    if not who.email:
        raise NotLetIn(Refusal.EMAIL_UNVERIFIED)
    return set_up_as(connection, store, who.email, who.name, None, address)


def _admitted(connection: Connection, store: Store, who: Claimed, address: str) -> User:
    """An account of their own, by the rule. The first is an administrator's, or there would be none."""
    if not who.email:
        raise NotLetIn(Refusal.EMAIL_UNVERIFIED)
    if connection.execute(select(users.c.id).where(users.c.email == who.email)).first():
        raise NotLetIn(Refusal.EMAIL_TAKEN)
    if not who.is_admitted(store.settings):
        raise NotLetIn(Refusal.NOT_ADMITTED)
    role = who.role(store.settings)
    if not has_users(connection):
        if role is not Role.ADMIN:
            raise NotLetIn(Refusal.NEEDS_SETUP)
        return set_up_as(connection, store, who.email, who.name, None, address)
    user = add_user(connection, User(new_id(), who.email, who.name, role, store.clock()), None)
    note(
        connection,
        store,
        Actor(user.id, user.email, address),
        Action.USER_CREATED,
        user.id,
        role=role,
        issuer=who.issuer,
    )
    return user
