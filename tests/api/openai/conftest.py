"""OpenAI's SDK, unmodified, against the API as users run it, with a worker that the test holds."""

from collections.abc import Iterator

import openai
import pytest
from support.api_process import Served
from support.working import working

from api.room import LOCAL_USER
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
