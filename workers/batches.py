"""The chore of batches: manifests read, jobs made some ahead, and the end of each batch, behind the API."""

from threading import Event
from typing import Any

import structlog
from sqlalchemy import Row

from triptych.batches.tending import Told, attend, attended
from triptych.blobs.drafts import BlobsAway, NoDisk
from triptych.database import DatabaseAway
from triptych.store import Store

log = structlog.get_logger()

LOOK_S = 0.5  # between two looks at what goes on by itself
AWAY_S = 5.0
STUMBLED_S = 60.0  # before a batch is tried again that nobody can say what is wrong with


def look_after_batches(store: Store, stopped: Event) -> None:
    """Take every batch further until ``stopped``; a database that is away, or a full disk, is waited for."""
    told, rests = Told(), dict[str, float]()  # until when a batch is left alone
    while not stopped.is_set():
        try:
            rows = attended(store)
        except DatabaseAway as error:
            log.warning("the batches could not be looked after", error=str(error))
            stopped.wait(AWAY_S)
            continue
        told.keep({row.id for row in rows})
        rests = {row.id: rests[row.id] for row in rows if rests.get(row.id, 0.0) > store.clock()}
        got_on = [_further(store, row, told, rests) for row in rows if row.id not in rests and not stopped.is_set()]
        if not any(got_on):
            stopped.wait(LOOK_S)


def _further(store: Store, row: Row[Any], told: Told, rests: dict[str, float]) -> bool:
    try:
        return attend(store, row, told)
    except (DatabaseAway, BlobsAway, NoDisk) as error:
        log.warning("a batch could not be taken further", batch_id=row.id, error=str(error))
        rests[row.id] = store.clock() + AWAY_S
    except Exception:  # the other batches have no part in it
        log.exception("the chore of batches stumbled", batch_id=row.id)
        rests[row.id] = store.clock() + STUMBLED_S
    return False
