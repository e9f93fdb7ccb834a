"""The link by which the first administrator's account is made: said on the console, to who runs the house."""

import sys

import structlog

from triptych.accounts.invitations import offer_setup
from triptych.database import DatabaseAway
from triptych.store import Store

log = structlog.get_logger()


def tell_setup_link(store: Store) -> None:
    """Print a link that is good for a day, as long as nobody has an account. It is in no log record."""
    try:
        token = offer_setup(store)
    except DatabaseAway as error:
        log.warning("no link for the first account could be made: start the API again", error=str(error))
        return
    if token is not None:
        sys.stderr.write(f"Make the first account here, today: {store.settings.called}/setup#{token}\n")
        sys.stderr.flush()
