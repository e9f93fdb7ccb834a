"""Two writers at once on PostgreSQL, which locks row by row: both get through, and neither undoes the other's work."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from support.stores import HandClock
from support.until import until
from support.work import a_claim, a_job

from triptych.jobs import ends
from triptych.jobs.counts import lane_loads
from triptych.jobs.leases import Claim
from triptych.jobs.pauses import Pause, pause
from triptych.store import Store

pytestmark = pytest.mark.postgres

WHY = "http://whisper.example:9000 does not answer"


def find_it_away(store: Store, claimed: Claim) -> None:
    ends.end(store, ends.server_away(claimed.row, store.clock(), "server_away", WHY))


def the_pause(store: Store) -> Pause:
    [only] = [pause for load in lane_loads(store) for pause in load.paused]
    return only


def somebody_waits(store: Store) -> bool:
    """Whether a transaction waits for a lock that another holds."""
    with store.database.read() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def test_two_who_find_a_server_still_away_at_once_count_as_one_try_more(impatient: Store, clock: HandClock) -> None:
    first, second = (a_claim(impatient, a_job(impatient)) for _ in range(2))
    for _ in range(4):
        with impatient.database.write() as connection:
            pause(connection, first.row, WHY, clock(), impatient.random)
        clock.forward(the_pause(impatient).until - clock())

    with ThreadPoolExecutor(1) as another:
        with impatient.database.write() as connection:
            pause(connection, first.row, WHY, clock(), impatient.random)
            also = another.submit(find_it_away, impatient, second)
            until(lambda: also.done() or somebody_waits(impatient))
        also.result()

    assert 40 <= the_pause(impatient).until - clock() <= 80  # the fifth: as after 5, 10, 20 and 40 s
