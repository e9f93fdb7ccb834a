"""The API as users run it, with a worker for the jobs of its `cpu` lane; those of others wait for a test to do them."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.catalogue import catalogue
from pipelines.contract import Lane
from support.api_process import served_api
from support.lanes import work_off
from support.redis_process import running_redis
from triptych.settings import Settings
from triptych.store import Store, open_store

LOOK_S = 0.02
DONE_HERE = ("text.keywords",)


@dataclass(frozen=True, slots=True)
class AtWork:
    """Where it answers, and the store behind it."""

    url: str
    store: Store


@contextmanager
def at_work(home: Path, migrated: Path) -> Iterator[AtWork]:
    """Serve a home of its own, made of the ``migrated`` database, with a Redis of its own."""
    shutil.copy(migrated, home / "triptych.db")
    with running_redis() as redis_url:
        settings = Settings(home=home, redis_url=redis_url, offline=True, window=16)
        store = open_store(settings, synchronous="OFF")
        try:
            with served_api(settings) as api, _worker(store):
                yield AtWork(api.url, store)
        finally:
            store.close()


@contextmanager
def _worker(store: Store) -> Iterator[None]:
    stopped = threading.Event()
    pipelines = [catalogue()[name] for name in DONE_HERE]

    def work() -> None:
        while not stopped.wait(LOOK_S):
            work_off(store, {Lane.CPU: 1}, *pipelines)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stopped.set()
        worker.join()
