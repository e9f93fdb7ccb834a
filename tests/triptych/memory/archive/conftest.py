"""Another installation for archives to be brought to."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.postgres_process import empty_postgres

from triptych.settings import Settings
from triptych.store import Store, open_store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, settings: Settings, migrated_sqlite: Path
) -> Iterator[Store]:
    """Another installation, which has nothing, on either database."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    shutil.copy(migrated_sqlite, home / "triptych.db")
    changed = {"home": home}
    if request.param == "postgres":
        changed["database_url"] = request.getfixturevalue("postgres_url")
        empty_postgres(changed["database_url"])
    store = open_store(settings.model_copy(update=changed), synchronous="OFF")
    yield store
    store.close()
