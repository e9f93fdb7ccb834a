"""The chore that sends webhooks: a thread of the periodic process, of which any number may run at once."""

from threading import Event

import structlog

from triptych.database import DatabaseAway
from triptych.store import Store
from triptych.webhooks.dispatch import Dispatch
from triptych.webhooks.keeping import forget_old
from triptych.webhooks.sending import Sender
from triptych.webhooks.targets import Reach

log = structlog.get_logger()

LOOK_EVERY_S = 1.0
FORGET_EVERY_S = 3600.0


def send_webhooks(store: Store, stopped: Event) -> None:
    """Send what is due until ``stopped``. What is on its way then is sent again by whoever looks after its lease."""
    dispatch = Dispatch(store, Sender(Reach.of(store.settings), store.clock))
    forget_at = store.clock()
    while not stopped.is_set():
        try:
            if store.clock() >= forget_at:
                forget_old(store)
                forget_at = store.clock() + FORGET_EVERY_S
            if dispatch.step():
                continue
        except DatabaseAway as error:
            log.warning("webhooks wait for the database", error=str(error))
            stopped.wait(LOOK_EVERY_S)
        except Exception:  # a loop that is gone would send nothing any more
            log.exception("the sending of webhooks stumbled")
            stopped.wait(LOOK_EVERY_S)
        dispatch.rest(LOOK_EVERY_S)
