"""Which job has another model's vectors made: one at a time of each kind, since the spaces are the whole house's."""

from dataclasses import dataclass

from sqlalchemy import select, union_all

from pipelines.house import SpaceKind
from pipelines.memory.reindex import REINDEX
from triptych.jobs.tables import IS_DELAYED, IS_RUNG, IS_RUNNING, IS_WAITING, jobs
from triptych.store import Store

# Asked one by one, each by its own partial index: these hold what is unfinished, and nothing else of a million jobs.
_UNFINISHED = union_all(
    *(
        select(jobs.c.id, jobs.c.owner, jobs.c.params).where(state, jobs.c.pipeline == REINDEX)
        for state in (IS_RUNNING, IS_RUNG, IS_WAITING, IS_DELAYED)
    )
)


@dataclass(frozen=True, slots=True)
class Reindexing:
    """A job that makes vectors of ``model``, or is to make them, and whose it is."""

    job_id: str
    owner: str
    model: str


def reindexing(store: Store, kind: SpaceKind) -> Reindexing | None:
    """The oldest unfinished job of anybody's that makes vectors of this kind."""
    with store.database.read() as connection:
        rows = connection.execute(_UNFINISHED).all()
    found = sorted((row.id, row.owner, row.params["model"]) for row in rows if row.params["kind"] == kind)
    return Reindexing(*found[0]) if found else None
