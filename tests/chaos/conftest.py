"""Stacks to break, each with a Redis of its own; PostgreSQL is shared and emptied."""

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from support.postgres_process import PostgresServer, empty_postgres, mortal_postgres
from support.redis_process import mortal_redis

from chaos.form import sized
from chaos.stack import Stack, chaos_stack
from triptych.migrate import migrate
from triptych.settings import Settings

StackOf = Callable[..., Stack]
SQLITE = "sqlite"
POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what breaks a stack."""
    for item in items:
        if "stack_of" in getattr(item, "fixturenames", ()):
            item.add_marker("chaos")


@pytest.fixture(scope="session", autouse=True)
def orderly_end() -> Iterator[None]:
    """SIGTERM, as from ``timeout``, ends the tests as Ctrl-C does: every process of theirs is ended first."""
    before = signal.signal(signal.SIGTERM, lambda *_: pytest.exit("SIGTERM"))
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def mortal_database() -> Iterator[PostgresServer]:
    """A PostgreSQL with our schema that scenarios may stop and start."""
    with mortal_postgres() as server:
        migrate(server.url)
        yield server


@pytest.fixture(params=sized(short=[SQLITE], full=[SQLITE, POSTGRES]))
def database(request: pytest.FixtureRequest) -> str:
    """An empty database's URL: SQLite, and in the full form PostgreSQL as well; empty for the home's own."""
    if request.param == SQLITE:
        return ""
    url = request.getfixturevalue("mortal_database").url
    empty_postgres(url)
    return url


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where all state of a stack lies."""
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def stack_of(home: Path, migrated_sqlite: Path, database: str) -> Iterator[StackOf]:
    """Makes stacks, with settings that differ from the usual ones as said."""
    shutil.copy(migrated_sqlite, home / "triptych.db")
    with ExitStack() as running:

        def make(**overrides: Any) -> Stack:  # Any: values of settings
            redis = running.enter_context(mortal_redis())
            settings = Settings(home=home, database_url=database, offline=True)
            return running.enter_context(chaos_stack(settings, redis, overrides))

        yield make
