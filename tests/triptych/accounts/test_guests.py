"""What those who came in may by now, asked for all of them at once."""

from dataclasses import replace

import pytest
from support.accounts import acting, an_account, key_headers, signed_in
from support.stores import HandClock

from triptych.accounts.keys import caller_of_key, list_keys, revoke_key
from triptych.accounts.sessions import caller_of_session
from triptych.accounts.standing import guest_of, roles_now
from triptych.accounts.users import change_user
from triptych.accounts.values import LOCAL_CALLER, Role


@pytest.fixture
def clock(store):
    return HandClock(store.clock())


@pytest.fixture
def timed(store, clock):
    return replace(store, clock=clock)


def keyed(store, user, **asked):
    """Somebody who came in by a key of the user's."""
    secret = key_headers(store, user, **asked)["Authorization"].removeprefix("Bearer ")
    caller, _ = caller_of_key(store, secret)
    return guest_of(caller, Role.VIEWER)


def seated(store, user):
    """The user, who came in by a session."""
    caller, _ = caller_of_session(store, signed_in(store, user).token)
    return guest_of(caller, Role.VIEWER)


def test_each_has_the_role_that_they_have_now(timed):
    ada, eve = an_account(timed, "ada"), an_account(timed, "eve", Role.ADMIN)
    guests = [keyed(timed, ada), seated(timed, ada), keyed(timed, eve)]

    change_user(timed, acting(eve), ada.id, {"role": Role.VIEWER})

    assert list(roles_now(timed, guests).values()) == [Role.VIEWER, Role.VIEWER, Role.ADMIN]


def test_who_is_disabled_has_none(timed):
    ada = an_account(timed, "ada")
    guests = [keyed(timed, ada), seated(timed, ada)]

    change_user(timed, acting(ada), ada.id, {"disabled": True})

    assert set(roles_now(timed, guests).values()) == {None}


def test_a_key_that_is_gone_or_expired_gives_none(timed, clock):
    ada = an_account(timed, "ada")
    gone = keyed(timed, ada)
    revoke_key(timed, ada.id, acting(ada), list_keys(timed, ada.id)[0].id)
    expired, lasting = keyed(timed, ada, expires_at=clock() + 60), keyed(timed, ada, expires_at=clock() + 61)

    clock.forward(60)

    assert roles_now(timed, [gone, expired, lasting]) == {gone: None, expired: None, lasting: Role.MEMBER}


def test_a_session_gives_none_once_its_time_is_over_and_not_for_being_unused(timed, clock):
    guest = seated(timed, an_account(timed, "ada"))

    clock.forward(timed.settings.session_s - 1)
    unused = roles_now(timed, [guest])[guest]
    clock.forward(1)

    assert (unused, roles_now(timed, [guest])[guest]) == (Role.MEMBER, None)


def test_the_user_of_local_mode_is_no_guest():
    assert guest_of(LOCAL_CALLER, Role.ADMIN) is None
