"""A database that does not answer is told as away in time, by whichever part of the way is silent."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.event import listens_for

from triptych.database import DatabaseAway, open_database


@pytest.fixture
def silent_port() -> Iterator[int]:
    """The port of a host that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def driver_arguments(url: str) -> dict[str, Any]:  # Any: as the driver takes them
    """What the driver is asked to connect with."""
    database, asked = open_database(url), {}

    @listens_for(database.engine, "do_connect")
    def refuse(_dialect: object, _record: object, _args: object, arguments: dict[str, Any]) -> None:
        asked.update(arguments)
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError), database.read():
        pass
    return asked


def test_a_postgresql_that_says_nothing_is_away(silent_port: int) -> None:
    database = open_database(f"postgresql://ada@127.0.0.1:{silent_port}/triptych?connect_timeout=2")

    with pytest.raises(DatabaseAway, match="timeout"), database.read():
        pass


def test_a_connection_to_postgresql_is_given_up_within_seconds_in_every_state() -> None:
    asked = driver_arguments("postgresql://ada@db.example/triptych")

    assert 0 < asked["connect_timeout"] <= 5
    assert asked["keepalives_idle"] + asked["keepalives_interval"] * asked["keepalives_count"] <= 15
    assert 0 < asked["tcp_user_timeout"] <= 15_000


def test_the_urls_own_limits_are_kept() -> None:
    asked = driver_arguments("postgresql://ada@db.example/triptych?connect_timeout=30")

    assert int(asked["connect_timeout"]) == 30
    assert asked["tcp_user_timeout"] > 0
