"""The servers and stores that tests ask for by name; every test gets clean ones."""

import faulthandler
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from redis import Redis
from support.at_work import AtWork, at_work, house_at_work
from support.chance import SEED
from support.postgres_process import empty_postgres, running_postgres
from support.redis_process import running_redis
from support.s3_server import S3, running_s3

from triptych.migrate import migrate
from triptych.settings import Settings
from triptych.store import Store, open_store
from triptych.wire import Wire, connect

END_S = 60  # a bound for a process that hangs when all is over, never what is measured


def pytest_configure() -> None:
    """Let what tests start hear SIGINT, which what a shell runs behind itself ignores; log tracebacks as lines."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Rich tracebacks, structlog's own choice where rich is there, draw every local variable: seconds for each.
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


def pytest_unconfigure(config: pytest.Config) -> None:
    """End a process in which some thread goes on when its tests are over, and say where; xdist ends its own."""
    if not hasattr(config, "workerinput"):
        faulthandler.dump_traceback_later(END_S, exit=True, file=sys.__stderr__)


def pytest_report_header() -> str:
    """Say what makes a run of the chaos tier choose the same again."""
    return f"chaos: CHAOS_SEED={SEED}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a real Redis by what it asks for, so that no test forgets to say so."""
    for item in items:
        if "redis_url" in getattr(item, "fixturenames", ()):
            item.add_marker("redis")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis that lives as long as the session."""
    with running_redis() as url:
        yield url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    """An S3 that lives as long as the session."""
    with running_s3() as server:
        yield server


@pytest.fixture
def s3(s3_server: S3) -> Iterator[S3]:
    """The session's S3, emptied."""
    yield s3_server
    s3_server.empty()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL with our schema that lives as long as the session."""
    with running_postgres() as url:
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with our schema, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "triptych.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def working(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[AtWork]:
    """One API with a worker, for all tests that ask it as a client does: each minds its own jobs."""
    with at_work(tmp_path_factory.mktemp("working"), migrated_sqlite) as found:
        yield found


@pytest.fixture
def house_working(tmp_path: Path, migrated_sqlite: Path, redis_url: str) -> Iterator[AtWork]:
    """One API where people sign in, and nobody has an account yet."""
    home = tmp_path / "house"
    home.mkdir()
    with house_at_work(home, migrated_sqlite, redis_url) as found:
        yield found


@pytest.fixture(scope="session")
def digit_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models' folder, not to be changed, whose Whisper ``tiny`` hears digits: as it is published and as it runs."""
    from checkpoints.digits import publish

    from pipelines.engines.ct2_weights import ready_folder
    from pipelines.engines.whisper_weights import WhisperSize
    from pipelines.standalone import standalone_context

    models = tmp_path_factory.mktemp("digits")
    publish(models / "whisper" / "tiny.pt")
    ready_folder(WhisperSize.TINY, standalone_context(tmp_path_factory.mktemp("converting"), models))
    return models


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, migrated_sqlite: Path) -> Settings:
    """Settings with a home of their own, on a migrated SQLite database and an empty Redis."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(migrated_sqlite, home / "triptych.db")
    with Redis.from_url(redis_url) as client:
        client.flushall()
    return Settings(home=home, redis_url=redis_url, offline=True, window=16)


@pytest.fixture
def sqlite_store(settings: Settings) -> Iterator[Store]:
    """A clean store on SQLite."""
    store = open_store(settings, synchronous="OFF")
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Store]:
    """A clean store, once on SQLite and once on PostgreSQL."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        empty_postgres(url)
        settings = settings.model_copy(update={"database_url": url})
    store = open_store(settings, synchronous="OFF")
    yield store
    store.close()


@pytest.fixture
def away(store: Store, tmp_path: Path) -> Store:
    """The same store, for a process that cannot reach Redis."""
    return replace(store, wire=Wire(connect(f"unix://{tmp_path / 'nobody-listens.sock'}")))
