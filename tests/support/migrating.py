"""Databases of their own, moved to the schema that a migration left."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import triptych
from triptych.database import open_database


@contextmanager
def another_database(postgres_url: str, name: str) -> Iterator[str]:
    """An empty database of the server, which is dropped afterwards."""
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield server.url.set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def upgrade(url: str, revision: str) -> None:
    """Move the database up to ``revision``."""
    with _opened(url) as config:
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Move the database down to ``revision``."""
    with _opened(url) as config:
        command.downgrade(config, revision)


@contextmanager
def _opened(url: str) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(Path(triptych.__file__).parent / "migrations"))
    database = open_database(url)
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        yield config
    database.close()
