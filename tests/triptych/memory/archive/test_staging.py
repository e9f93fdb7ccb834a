"""What an import leaves goes a little at a time, however much hangs on one of its rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, func, insert, select, update
from support.work import a_job

from triptych.database import Database
from triptych.jobs.tables import jobs, parts
from triptych.memory.archive import staging
from triptych.store import Store


@dataclass(frozen=True)
class Watched(Database):
    """A database of which is told how many parts each transaction left."""

    left: list[int] = field(default_factory=list)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as connection:
            yield connection
            self.left.append(connection.execute(select(func.count()).select_from(parts)).scalar_one())


def test_job_with_many_parts_is_removed_in_pages(store: Store):
    owners, job, count = staging.begin(store, "ada"), a_job(store), 2 * staging.AT_A_TIME + 1
    part = {"job_id": job.id, "attempt": 1, "kind": "token", "body": {"text": "ships"}}
    with store.database.write() as connection:
        connection.execute(insert(parts), [part | {"seq": seq} for seq in range(count)])
        connection.execute(update(jobs).where(jobs.c.id == job.id).values(owner=owners.staged))
    watched = Watched(store.database.engine)

    staging.abandon(replace(store, database=watched), owners)

    removed = [before - after for before, after in zip([count, *watched.left], watched.left, strict=False)]
    assert max(removed) == staging.AT_A_TIME
    with store.database.read() as connection:
        assert connection.execute(select(jobs.c.id).where(jobs.c.id == job.id)).all() == []
    assert watched.left[-1] == 0
