"""A client of the API at work."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from support.at_work import AtWork
from support.scripted_server import Answer, Scripted, scripted

from triptych.client import Client, Patience

QUICK = Patience(first_pause_s=0.001, longest_pause_s=0.01)


@pytest.fixture
def client(working: AtWork) -> Iterator[Client]:
    with Client(working.url, patience=QUICK) as client:
        yield client


@pytest.fixture
def against() -> Callable[..., AbstractContextManager[tuple[Scripted, Client]]]:
    """A server that gives some answers, and a client of it."""

    @contextmanager
    def opened(*answers: Answer, patience: Patience = QUICK) -> Iterator[tuple[Scripted, Client]]:
        with scripted(*answers) as server, Client(server.url, "tri_key", patience=patience) as client:
            yield server, client

    return opened


@pytest.fixture
def quick() -> Patience:
    """Patience that asks again at once."""
    return QUICK
