"""Whoever comes in twice at the same moment comes in twice, as one user."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from support.accounts import an_account
from support.stores import transactions_waiting, with_settings
from support.until import until

from triptych.accounts.audit import Actor
from triptych.accounts.claims import Claimed
from triptych.accounts.coming_in import come_in
from triptych.accounts.identities import add_identity
from triptych.accounts.users import add_user
from triptych.accounts.values import Role, User
from triptych.ids import new_id
from triptych.store import Store

ADA = Claimed("https://id.example", "ada", "ada@triptych.example", "Ada")


@pytest.mark.postgres
@pytest.mark.parametrize("store", ["postgres"], indirect=True)
@pytest.mark.parametrize("email", [ADA.email, "ada@elsewhere.example"])
def test_who_comes_in_twice_at_one_moment_is_one_user(store: Store, email: str) -> None:
    an_account(store, "root", Role.ADMIN)
    ours = with_settings(store, oidc_issuer=ADA.issuer, oidc_client_id="triptych", oidc_domains="triptych.example")

    with ThreadPoolExecutor(1) as others:
        with store.database.write() as connection:
            first = add_user(connection, User(new_id(), email, ADA.name, Role.MEMBER, store.clock()), None)
            add_identity(connection, store, Actor(first.id, email, ""), first.id, ADA)
            second = others.submit(come_in, ours, ADA, None, "127.0.0.1")
            until(lambda: transactions_waiting(store) > 0)
        user, _ = second.result()

    assert user.id == first.id
