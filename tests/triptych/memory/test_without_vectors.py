"""A PostgreSQL without pgvector: everything is found by words, and says so."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url
from support.remembering import MEANING, OWNER, ask, passage, remember, texts_of, vector

from triptych.memory.filling import notes_without_vectors
from triptych.memory.reading import counts
from triptych.memory.search import similar
from triptych.memory.spaces import has_vectors, spaces
from triptych.migrate import migrate
from triptych.settings import Settings
from triptych.store import Store, open_store

pytestmark = [pytest.mark.redis, pytest.mark.postgres]


@pytest.fixture
def bare(settings: Settings, postgres_url: str) -> Iterator[Store]:
    """A store on a database of its own that has no extension."""
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    url = make_url(postgres_url).set(database="bare").render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE bare")
    migrate(url)
    store = open_store(settings.model_copy(update={"database_url": url}))
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP EXTENSION vector")
    yield store
    store.close()
    with server.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE bare WITH (FORCE)")
    server.dispose()


def test_words_serve_where_vectors_cannot_be_kept(bare: Store) -> None:
    remember(bare, passage("a quiet harbour", 0, vector(1, 0, 0)), passage("a loud harbour", 100, vector(0, 1, 0)))

    found = ask(bare, "quiet", vector(0, 1, 0))
    alike = similar(bare, OWNER, found.hits[0].memory.id)

    assert (has_vectors(bare.database), spaces(bare), MEANING.model in str(found.warnings)) == (False, [], False)
    assert (texts_of(found), texts_of(alike)) == (["a quiet harbour"], ["a loud harbour"])
    assert "pgvector 0.8 or newer" in found.warnings[0]
    assert alike.warnings == found.warnings
    assert counts(bare, OWNER).vectors == {}
    with bare.database.read() as connection:
        assert notes_without_vectors(connection, 10) == []
