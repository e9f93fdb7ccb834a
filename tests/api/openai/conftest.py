"""OpenAI's SDK, unmodified, against the API as users run it or in this process, with a worker that the test holds."""

from collections.abc import Callable, Iterator

import httpx2
import openai
import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.accounts import an_account, house_settings, key_headers
from support.api_process import Served
from support.working import working

from api.room import LOCAL_USER
from triptych.accounts.values import User
from triptych.settings import Settings
from triptych.store import Store, open_store

ANSWERED_S = 60.0


@pytest.fixture(scope="module")
def house(served: Served, redis_url: str) -> Iterator[Store]:
    """What the served API stores in."""
    store = open_store(Settings(home=served.home, redis_url=redis_url, offline=True))
    yield store
    store.close()


@pytest.fixture(scope="module")
def sdk(served: Served) -> Iterator[openai.OpenAI]:
    """A client as anybody makes one; what fails is not tried again."""
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="any", max_retries=0, timeout=ANSWERED_S) as client:
        yield client


@pytest.fixture
def work(house: Store):
    """Have the house's jobs done by pipelines of the test's."""
    return lambda *pipelines: working(house, LOCAL_USER, *pipelines)


@pytest.fixture
def inside(sqlite_client: FlaskClient) -> Iterator[openai.OpenAI]:
    """The same client, of the application in this process."""
    http = httpx2.Client(transport=httpx2.WSGITransport(app=sqlite_client.application))
    with openai.OpenAI(base_url="http://localhost/v1", api_key="any", max_retries=0, http_client=http) as client:
        yield client


@pytest.fixture
def work_inside(sqlite_store: Store):
    """Have that application's jobs done by pipelines of the test's."""
    return lambda *pipelines: working(sqlite_store, LOCAL_USER, *pipelines)


@pytest.fixture
def accounts(settings: Settings, sqlite_store: Store, make_client) -> Flask:
    """The application in this process, of a house with accounts."""
    app: Flask = make_client(house_settings(settings), sqlite_store).application
    return app


@pytest.fixture
def sdk_of(accounts: Flask, sqlite_store: Store) -> Iterator[Callable[..., openai.OpenAI]]:
    """A client with a key of somebody's, who has an account from the first on."""
    users: dict[str, User] = {}
    clients = []

    def sdk(name: str, *scopes: str) -> openai.OpenAI:
        user = users.setdefault(name, users.get(name) or an_account(sqlite_store, name))
        secret = key_headers(sqlite_store, user, *scopes)["Authorization"].removeprefix("Bearer ")
        http = httpx2.Client(transport=httpx2.WSGITransport(app=accounts))
        clients.append(openai.OpenAI(base_url="http://localhost/v1", api_key=secret, max_retries=0, http_client=http))
        return clients[-1]

    yield sdk
    for client in clients:
        client.close()
