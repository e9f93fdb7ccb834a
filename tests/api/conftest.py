"""The application on a clean store, asked without a socket, and what is left on the disk after it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.api_process import Served, served_api

from api import EXTENSION
from api.app import create_app
from triptych.settings import Settings
from triptych.store import Store


@pytest.fixture
def make_client(tmp_path: Path):
    """Build a client of an application on a store; its relay is ended with the test."""
    hubs = []

    def make(settings: Settings, store: Store) -> FlaskClient:
        app = create_app(settings, store, tmp_path / "dist")
        hubs.append(app.extensions[EXTENSION].hub)
        client = app.test_client()
        client.environ_base["SERVER_NAME"] = "localhost"
        return client

    yield make
    for hub in hubs:
        hub.stop()


@pytest.fixture
def client(settings: Settings, store: Store, make_client) -> FlaskClient:
    return make_client(store.settings, store)


@pytest.fixture
def sqlite_client(settings: Settings, sqlite_store: Store, make_client) -> FlaskClient:
    return make_client(settings, sqlite_store)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, redis_url: str) -> Iterator[Served]:
    """The API as users run it, on a database of its own, for the tests of a module."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(migrated_sqlite, home / "triptych.db")
    with served_api(Settings(home=home, redis_url=redis_url)) as api:
        yield api


@pytest.fixture
def left_behind(settings: Settings) -> Callable[[], list[str]]:
    """Every file that lies in the blob store, received or half received."""

    def look() -> list[str]:
        return [path.name for path in settings.blobs.rglob("*") if path.is_file()]

    return look


@pytest.fixture
def new_job(request: pytest.FixtureRequest) -> Callable[..., dict[str, Any]]:
    """Submit a text job through whichever client the test has, and return it as told."""

    def submit(**asked: Any) -> dict[str, Any]:
        name = "client" if "client" in request.fixturenames else "sqlite_client"
        body = {"pipeline": "text.keywords", "text": "the quick brown fox", **asked}
        response = request.getfixturevalue(name).post("/api/v1/jobs", json=body)
        assert response.status_code == 202, response.text
        return response.get_json()

    return submit


@pytest.fixture
def fetch(request: pytest.FixtureRequest):
    """GET an address to its end, and close what was opened for it."""

    def get(url: str, **headers: str):
        name = "client" if "client" in request.fixturenames else "sqlite_client"
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        with request.getfixturevalue(name).get(url, headers=sent, buffered=True) as response:
            return response

    return get


@pytest.fixture
def lay(settings: Settings) -> Callable[..., Path]:
    """Put a file into the directory of weights."""

    def put(name: str, content: bytes = b"weights") -> Path:
        path = settings.models / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return put
