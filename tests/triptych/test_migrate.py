import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from triptych.migrate import migrate
from triptych.schema import is_in_metadata, metadata
from triptych.store import Store

pytestmark = pytest.mark.redis


def test_the_migrations_make_the_schema_that_the_code_declares(store: Store) -> None:
    with store.database.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"include_name": is_in_metadata}), metadata
        )

    assert differences == []


def test_migrating_twice_changes_nothing(store: Store) -> None:
    migrate(store.database.engine.url.render_as_string(hide_password=False))

    with store.database.engine.connect() as connection:
        assert (
            compare_metadata(MigrationContext.configure(connection, opts={"include_name": is_in_metadata}), metadata)
            == []
        )
