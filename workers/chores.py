"""The chores: what the periodic process does beside sweeping, each in a thread that outlives what it stumbles over."""

from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import TypeAlias

import structlog

from triptych.blobs import BlobsAway
from triptych.database import DatabaseAway
from triptych.garbage import collect_garbage
from triptych.store import Store
from workers.batches import look_after_batches
from workers.retention import apply_retention
from workers.uploads import expire_uploads
from workers.webhooks import send_webhooks

log = structlog.get_logger()

Chore: TypeAlias = Callable[[Store, Event], None]  # done until it is stopped

COLLECT_EVERY_S = 3600.0
AGAIN_S = 30.0  # behind a stumble


def begin_chores(store: Store, stopped: Event) -> None:
    """Begin all of them; they end when ``stopped`` is set, or with the process."""
    for name, chore in CHORES.items():
        Thread(target=keep_at, args=(name, chore, store, stopped), name=name, daemon=True).start()


def keep_at(name: str, chore: Chore, store: Store, stopped: Event) -> None:
    """Do the chore until ``stopped``, and begin it anew where it stumbled over what it does not know."""
    while not stopped.is_set():
        try:
            chore(store, stopped)
        except Exception:  # a thread that is gone would leave it undone until somebody starts the process again
            log.exception("a chore stumbled", chore=name)
            stopped.wait(AGAIN_S)


def collect(store: Store, stopped: Event) -> None:
    """Collect garbage every ``COLLECT_EVERY_S`` until ``stopped``."""
    while not stopped.is_set():
        try:
            log.info("collected garbage", removed=collect_garbage(store))
        except (BlobsAway, DatabaseAway, OSError) as error:
            log.warning("the garbage could not be collected", error=str(error))
        stopped.wait(COLLECT_EVERY_S)


CHORES: Mapping[str, Chore] = {
    "garbage": collect,
    "uploads": expire_uploads,
    "webhooks": send_webhooks,
    "batches": look_after_batches,
    "retention": apply_retention,
}
