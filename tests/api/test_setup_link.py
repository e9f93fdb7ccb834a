"""What the API says on the console at its start."""

import re

import pytest
from support.accounts import an_account, house_settings
from support.stores import with_settings

from api.setup_link import tell_setup_link


@pytest.fixture
def house(sqlite_store):
    named = house_settings(sqlite_store.settings, public_url="https://triptych.example")
    return with_settings(sqlite_store, **{name: getattr(named, name) for name in ("accounts", "public_url")})


def test_link_is_said_while_nobody_has_an_account(house, capsys, make_client):
    tell_setup_link(house)

    said = capsys.readouterr().err
    [token] = re.findall(r"https://triptych\.example/setup#([A-Za-z0-9_-]{43})\n", said)
    client = make_client(house.settings, house)
    asked = {"token": token, "email": "a@b", "name": "A", "password": "correct horse battery"}
    assert client.post("/api/v1/setup", json=asked).status_code == 201


def test_nothing_is_said_once_somebody_has_one(house, capsys):
    an_account(house)

    tell_setup_link(house)

    assert capsys.readouterr().err == ""
