"""Spaces that nobody searches or builds any more go: a step further at each sweep, so that nobody waits for it."""

from triptych.memory.space_tables import drop_table
from triptych.memory.spaces import retire_abandoned, spaces_of
from triptych.memory.values import SpaceState
from triptych.store import Store


def sweep_spaces(store: Store) -> None:
    """Retire what is half built and whose job has ended, and drop the tables of what is retired. Raises DatabaseAway.

    A job that failed or was cancelled has left it; that of one that succeeded is searched.
    """
    with store.database.read() as connection:
        found = spaces_of(connection, SpaceState.BUILDING, SpaceState.RETIRED)
    if any(stored.state is SpaceState.BUILDING for stored in found):
        with store.database.write() as connection:
            retire_abandoned(connection)
    for stored in found:
        if stored.state is SpaceState.RETIRED:
            drop_table(store.database, stored)
