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


def look_after_batches(store: Store, stopped: Event) -> None:
    """Take every batch further until ``stopped``; a database that is away, or a full disk, is waited for."""
    told = Told()
    while not stopped.is_set():
        try:
            rows = attended(store)
        except DatabaseAway as error:
            log.warning("the batches could not be looked after", error=str(error))
            stopped.wait(AWAY_S)
            continue
        told.keep({row.id for row in rows})
        got_on = [_further(store, row, told) for row in rows if not stopped.is_set()]
        if not any(got_on):
            stopped.wait(LOOK_S)


def _further(store: Store, row: Row[Any], told: Told) -> bool:
    try:
        return attend(store, row, told)
    except (DatabaseAway, BlobsAway, NoDisk) as error:
        log.warning("a batch could not be taken further", batch_id=row.id, error=str(error))
    except Exception:  # the other batches have no part in it
        log.exception("the chore of batches stumbled", batch_id=row.id)
    return False
