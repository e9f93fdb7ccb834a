"""Stores whose time stands still, and that do not wait for locks."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import make_url
from support.postgres_process import empty_postgres
from support.stores import HandClock

from triptych.settings import Settings
from triptych.store import Store, open_store


@pytest.fixture
def clock() -> HandClock:
    """The time of ``timed``."""
    return HandClock()


@pytest.fixture
def timed(store: Store, clock: HandClock) -> Store:
    """The store with ``clock``, and with the same chance in every run."""
    return replace(store, clock=clock, random=Random(7))


@pytest.fixture
def impatient(settings: Settings, postgres_url: str, clock: HandClock) -> Iterator[Store]:
    """A clean store on PostgreSQL with ``clock``, where whoever waits for a lock gives up after five seconds."""
    empty_postgres(postgres_url)
    url = make_url(postgres_url).update_query_dict({"options": "-c lock_timeout=5s"})
    impatiently = settings.model_copy(update={"database_url": url.render_as_string(hide_password=False)})
    store = open_store(impatiently)
    yield replace(store, clock=clock, random=Random(7))
    store.close()
