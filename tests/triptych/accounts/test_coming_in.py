"""Whoever comes in twice at the same moment comes in twice, as one user."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection
from support.accounts import acting, an_account
from support.stores import somebody_waits, with_settings
from support.until import until

from triptych.accounts.audit import Actor
from triptych.accounts.claims import Claimed
from triptych.accounts.coming_in import come_in
from triptych.accounts.identities import add_identity
from triptych.accounts.invitations import accept_as, invite, offer_setup, set_up_as, take_invitation
from triptych.accounts.tokens import hashed
from triptych.accounts.users import add_user
from triptych.accounts.values import Role, User
from triptych.ids import new_id
from triptych.store import Store

ADA = Claimed("https://id.example", "ada", "ada@triptych.example", "Ada")

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("store", ["postgres"], indirect=True)]


def come_in_twice(
    store: Store, make: Callable[[Connection], User], invitation_sha256: str | None = None
) -> tuple[User, User]:
    """The user whom one transaction makes for Ada, and who she is for another that began before it was over."""
    ours = with_settings(store, oidc_issuer=ADA.issuer, oidc_client_id="triptych", oidc_domains="triptych.example")
    with ThreadPoolExecutor(1) as others:
        with store.database.write() as connection:
            first = make(connection)
            add_identity(connection, store, Actor(first.id, first.email, ""), first.id, ADA)
            second = others.submit(come_in, ours, ADA, invitation_sha256, "127.0.0.1")
            until(lambda: somebody_waits(store))
        return first, second.result()[0]


@pytest.mark.parametrize("email", [ADA.email, "ada@elsewhere.example"])
def test_who_comes_in_twice_at_one_moment_is_one_user(store: Store, email: str) -> None:
    an_account(store, "root", Role.ADMIN)

    def make(connection: Connection) -> User:
        return add_user(connection, User(new_id(), email, ADA.name, Role.MEMBER, store.clock()), None)

    first, second = come_in_twice(store, make)

    assert second.id == first.id


@pytest.mark.parametrize("has_link", [True, False])
def test_who_was_invited_and_comes_in_twice_at_one_moment_is_one_user(store: Store, has_link: bool) -> None:
    _, token = invite(store, acting(an_account(store, "root", Role.ADMIN)), ADA.email, Role.VIEWER, 3600)

    def make(connection: Connection) -> User:
        return accept_as(connection, store, take_invitation(connection, store, hashed(token)), ADA.name, None, "")

    first, second = come_in_twice(store, make, hashed(token) if has_link else None)

    assert second.id == first.id


def test_who_is_the_first_and_comes_in_twice_at_one_moment_is_one_user(store: Store) -> None:
    token = hashed(str(offer_setup(store)))

    def make(connection: Connection) -> User:
        take_invitation(connection, store, token)
        return set_up_as(connection, store, ADA.email, ADA.name, None, "")

    first, second = come_in_twice(store, make, token)

    assert second.id == first.id
