"""A house where people sign in by a real provider, and their browsers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from support.accounts import an_account, house_settings
from support.oidc_house import Browser
from support.openid_provider import CLIENT, SECRET, OpenIdProvider, Visitor, running_provider

from triptych.accounts.values import Role, User
from triptych.settings import Settings
from triptych.store import Store


@pytest.fixture(scope="session")
def provider() -> Iterator[OpenIdProvider]:
    """A provider that lives as long as the session: each test tells of people of its own."""
    with running_provider() as running:
        yield running


@pytest.fixture
def visit(provider: OpenIdProvider, settings: Settings, store: Store, make_client) -> Callable[..., Browser]:
    """A browser before a house with these settings, of somebody of whom the provider claims this."""

    def visit(subject: str, claims: dict[str, Any] | None = None, **changes: Any) -> Browser:
        verified = {"email": f"{subject}@triptych.example", "email_verified": True, "name": subject.title()}
        provider.tell(subject, **(verified if claims is None else claims))
        told = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
        its = house_settings(store.settings, **{**told, "sign_ins_a_minute": 1000, **changes})
        return Browser(make_client(its, replace(store, settings=its)), Visitor(subject))

    return visit


@pytest.fixture
def settled(store: Store) -> User:
    """An administrator, so that the house is set up."""
    return an_account(store, "root", Role.ADMIN)
