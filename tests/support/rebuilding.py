"""Other models' spaces beside the one that is searched, filled by jobs that are under way."""

from sqlalchemy import Connection, update

from pipelines.house import Space, SpaceKind
from support.work import a_claim, a_job, succeed
from triptych.jobs.job import Job
from triptych.memory.spaces import activate, build_space, spaces
from triptych.memory.tables import memory_spaces
from triptych.memory.values import SpaceState, StoredSpace
from triptych.store import Store

BETTER, BEST = (Space(SpaceKind.TEXT, name, 4) for name in ("sextant", "stars"))


def built(store: Store, space: Space = BETTER, job: Job | None = None) -> StoredSpace:
    """The space, filled by a job that is under way: a new one if none is given."""
    job = job or a_claim(store, a_job(store)).job
    with store.database.write() as connection:
        return build_space(connection, space, job.id, store.clock())


def took_over(store: Store, space: Space = BETTER) -> None:
    """Have the space be searched, by a job that is done."""
    claimed = a_claim(store, a_job(store))
    built(store, space, claimed.job)
    with store.database.write() as connection:
        activate(connection, space)
    succeed(store, claimed)


def nothing_compared(connection: Connection) -> None:
    """Retire every space."""
    connection.execute(update(memory_spaces).values(state=SpaceState.RETIRED))


def states(store: Store) -> dict[str, str]:
    """The state of each model's space, of the newest where there are several."""
    return {stored.space.model: stored.state.value for stored in spaces(store)}
