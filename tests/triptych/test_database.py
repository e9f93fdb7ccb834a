"""A database that does not answer is told as away in time, by whichever part of the way is silent."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.event import listens_for

from triptych.database import Database, DatabaseAway, open_database

PID = text("SELECT pg_backend_pid()")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """The port of a host that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def ours(postgres_url: str) -> Iterator[Database]:
    """A database on a PostgreSQL that is there."""
    database = open_database(postgres_url)
    yield database
    database.close()


@pytest.fixture
def other(postgres_url: str) -> Iterator[Database]:
    """The same, of another process."""
    database = open_database(postgres_url)
    yield database
    database.close()


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


def end_all_connections(but: Database) -> None:
    """Have the server end what others have open to it."""
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid != pg_backend_pid() AND usename = user"
    )
    with but.read() as connection:
        connection.execute(others).all()


def test_a_pooled_connection_that_the_server_has_ended_is_replaced(postgres_url: str, other: Database) -> None:
    ours = open_database(postgres_url, idle_s=0.0)
    with ours.read() as first, ours.read() as second:
        pids = {connection.execute(PID).scalar_one() for connection in (first, second)}
    end_all_connections(other)

    with ours.read() as first, ours.read() as second:
        again = {connection.execute(PID).scalar_one() for connection in (first, second)}

    ours.close()
    assert len(again - pids) == 2


def test_a_connection_that_has_ended_a_moment_ago_is_told_as_away_once(ours: Database, other: Database) -> None:
    with ours.read() as connection:
        connection.execute(PID)
    end_all_connections(other)

    with pytest.raises(DatabaseAway), ours.read() as connection:
        connection.execute(PID)
    with ours.read() as connection:
        assert connection.execute(PID).scalar_one() > 0
