"""Whether our clock can be trusted with leases, which one machine writes and another compares with its own time."""

import structlog
from sqlalchemy import Connection, text

from triptych.database import Clock

log = structlog.get_logger()

APART_S = 5.0  # from the database's clock; two machines are then at most twice as far apart

_THEIRS = text("SELECT extract(epoch FROM clock_timestamp())")


def check_clock(connection: Connection, clock: Clock) -> None:
    """Warn in the log when ``clock`` is further than ``APART_S`` from the database's. SQLite's is our own."""
    if connection.dialect.name != "postgresql":
        return
    before = clock()
    theirs = float(connection.execute(_THEIRS).scalar_one())
    after = clock()
    ahead_s = before - theirs if before > theirs else min(after - theirs, 0.0)  # an answer that takes long tells less
    if abs(ahead_s) > APART_S:
        log.warning("this machine's clock is off: keep it by NTP", ahead_s=round(ahead_s, 1))
