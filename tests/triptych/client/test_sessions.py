"""A program comes in with a password where it has no key yet, looks after a house, and goes."""

import json
from collections.abc import Iterator

import pytest
from support.at_work import AtWork
from support.documented_server import DOCUMENT
from support.scripted_server import Answer, scripted

from triptych.accounts.invitations import offer_setup
from triptych.client import Client, NotAllowed, Unusable

PASSWORD = "correct horse battery staple"


@pytest.fixture
def ada(house_working: AtWork) -> Iterator[Client]:
    """The first administrator, who has just come in."""
    with Client(house_working.url) as client:
        client.session.set_up(
            str(offer_setup(house_working.store)), email="ada@triptych.example", name="Ada", password=PASSWORD
        )
        yield client


def test_whoever_comes_in_may_what_their_role_may(ada: Client) -> None:
    session = ada.session.get()

    assert (session.user.email, session.user.role, session.mode) == ("ada@triptych.example", "admin", "accounts")
    assert [stay.is_this for stay in ada.session.list()] == [True]


def test_a_session_makes_a_key_and_is_over_once_it_signed_out(ada: Client) -> None:
    key = ada.keys.create("nightly", ["jobs:read"])
    ada.session.sign_out()

    with pytest.raises(NotAllowed):
        ada.session.get()
    with Client(ada.url, key.key) as program:
        assert program.session.get().scopes == ["jobs:read"]


def test_a_client_that_has_a_key_asks_as_who_signed_in(ada: Client) -> None:
    key = ada.keys.create("nightly", ["jobs:read"])

    with Client(ada.url, key.key) as client:
        client.session.sign_in("ada@triptych.example", PASSWORD)
        scopes = client.session.get().scopes

    assert "admin:write" in scopes


def test_a_wrong_password_lets_nobody_in(ada: Client) -> None:
    with Client(ada.url) as client, pytest.raises(NotAllowed) as refused:
        client.session.sign_in("ada@triptych.example", "not this one, surely")

    assert refused.value.code == "sign_in_refused"


def test_another_password_ends_all_sessions_but_one(ada: Client) -> None:
    with Client(ada.url) as elsewhere:
        elsewhere.session.sign_in("ada@triptych.example", PASSWORD)

        ada.session.change_password(PASSWORD, f"{PASSWORD}, indeed")

        assert len(ada.session.list()) == 1
        with pytest.raises(NotAllowed):
            elsewhere.session.get()


def test_whoever_is_invited_comes_in_until_they_are_disabled(ada: Client) -> None:
    token = ada.invitations.create("bob@triptych.example", role="viewer").link.partition("#")[2]
    with Client(ada.url) as bob:
        accepted = bob.session.accept(token, name="Bob", password=PASSWORD)

        changed = ada.users.change(accepted.user.id, disabled=True, quotas={"jobs_queued": 5})

        assert (changed.role, changed.quotas.jobs_queued, changed.quotas.file_bytes) == ("viewer", 5, None)
        with pytest.raises(NotAllowed):
            bob.session.get()
    assert {user.name: user.disabled_at is None for user in ada.users.list()} == {"Ada": True, "Bob": False}
    assert {"invitation.created", "user.changed"} <= {entry.action for entry in ada.audit.list()}


def test_a_cookie_that_goes_by_tls_alone_is_told_where_there_is_none() -> None:
    told = json.dumps(DOCUMENT["components"]["examples"]["Session"]["value"]).encode()
    secure = {"Set-Cookie": "__Host-triptych=t; Secure; HttpOnly; Path=/"}

    with (
        scripted(Answer(201, told, secure)) as server,
        Client(server.url) as client,
        pytest.raises(Unusable, match="https"),
    ):
        client.session.sign_in("ada@triptych.example", PASSWORD)
