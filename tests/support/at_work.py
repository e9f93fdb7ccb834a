"""The API as users run it, with a worker for jobs of its `cpu` lane; those of others wait for a test to do them."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.catalogue import catalogue
from pipelines.contract import Lane
from support.api_process import END_S, served_api
from support.batching import tend
from support.lanes import work_off
from support.redis_process import running_redis
from triptych.settings import Settings
from triptych.store import Store, open_store

ROOT = Path(__file__).parents[2]
LOOK_S = 0.1  # between two looks, while there is nothing to do
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
            with served_api(settings) as api, _worker(settings):
                yield AtWork(api.url, store)
        finally:
            store.close()


@contextmanager
def house_at_work(home: Path, migrated: Path, redis_url: str) -> Iterator[AtWork]:
    """Serve a home of its own where people sign in, of whom nobody has an account yet; no worker is there."""
    shutil.copy(migrated, home / "triptych.db")
    settings = Settings(home=home, redis_url=redis_url, accounts=True)
    store = open_store(settings, synchronous="OFF")
    variables = {"ACCOUNTS": "1", "PASSWORD_BYTES": str(32 * 1024), "SIGN_INS_A_MINUTE": "1000"}
    try:
        with served_api(settings, **{f"TRIPTYCH_{name}": value for name, value in variables.items()}) as api:
            yield AtWork(api.url, store)
    finally:
        store.close()


@contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    """A process of its own, since what it logs would stand among what a command prints; it ends with its input."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
        "TRIPTYCH_HOME": str(settings.home),
        "TRIPTYCH_REDIS_URL": settings.redis_url,
        "TRIPTYCH_WINDOW": str(settings.window),
    }
    command = [sys.executable, "-c", "from support.at_work import work; work()"]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(END_S)
            finally:
                process.kill()


def work() -> None:
    """Do jobs, and look after batches, until standard input ends."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    store = open_store(Settings.from_environment(), synchronous="OFF")
    pipelines = [catalogue()[name] for name in DONE_HERE]
    while not ended.is_set():
        tend(store)
        if not work_off(store, {Lane.CPU: 1}, *pipelines):
            ended.wait(LOOK_S)
    store.close()
