"""The chore of uploads: those that nobody went on with are removed, and what others left in S3."""

from threading import Event

import structlog

from triptych.blobs import BlobsAway
from triptych.database import DatabaseAway
from triptych.pending.expiring import remove_expired
from triptych.pending.strays import remove_strays
from triptych.store import Store

log = structlog.get_logger()

LOOK_EVERY_S = 300.0


def expire_uploads(store: Store, stopped: Event) -> None:
    """Remove what has expired every ``LOOK_EVERY_S`` until ``stopped``."""
    while not stopped.is_set():
        try:
            if removed := remove_expired(store):
                log.info("removed expired uploads", removed=removed)
            if removed := remove_strays(store):
                log.info("removed what was sent to S3 for uploads that are over", removed=removed)
        except (BlobsAway, DatabaseAway, OSError) as error:
            log.warning("expired uploads could not be removed", error=str(error))
        stopped.wait(LOOK_EVERY_S)
