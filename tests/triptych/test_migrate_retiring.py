"""Migration 0014 taken back on a database in use: retired vectors go, whose model is another's meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from support.migrating import another_database, downgrade
from support.rebuilding import built, took_over
from support.remembering import MEANING, passage, remember, vector

from triptych.migrate import migrate
from triptych.settings import Settings
from triptych.store import Store, open_store

pytestmark = pytest.mark.redis


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with our schema that may be changed."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'new.db'}"
        migrate(url)
        yield url
        return
    with another_database(request.getfixturevalue("postgres_url"), "before_retiring") as url:
        migrate(url)
        yield url


@pytest.fixture
def new(url: str, settings: Settings) -> Iterator[Store]:
    """A store on that database."""
    store = open_store(settings.model_copy(update={"database_url": url}), synchronous="OFF")
    yield store
    store.close()


def test_retired_vectors_go_with_the_migration_that_let_them_stay(new: Store, url: str) -> None:
    remember(new, passage("harbour", 0, vector(1, 0, 0)))
    took_over(new)
    again = built(new, MEANING)

    downgrade(url, "0013")

    with new.database.read() as connection:
        left = connection.execute(text("SELECT model, state FROM memory_spaces ORDER BY model")).all()
    names = {name for name in inspect(new.database.engine).get_table_names() if name.startswith("memory_vectors_")}
    assert [tuple(row) for row in left] == [("compass", "building"), ("sextant", "active")]
    assert again.vectors in names
    assert len([name for name in names if not name.endswith("_signs")]) == len(left)
