"""The chore of retention: what its owner's rules, or the house's, say is old enough goes."""

from threading import Event

import structlog

from triptych.database import DatabaseAway
from triptych.retention.removing import remove_due
from triptych.store import Store

log = structlog.get_logger()

LOOK_EVERY_S = 3600.0


def apply_retention(store: Store, stopped: Event) -> None:
    """Remove what is to go every ``LOOK_EVERY_S`` until ``stopped``."""
    while not stopped.is_set():
        try:
            if removed := remove_due(store, stopped):
                log.info("removed by retention", removed=removed)
        except DatabaseAway as error:
            log.warning("retention waits for the database", error=str(error))
        stopped.wait(LOOK_EVERY_S)
