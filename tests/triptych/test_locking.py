"""A statement on rows that are locked first asks for these once, however many there are beside them."""

from typing import Any

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql
from support.stores import waiting_jobs
from support.work import COUNTING, OWNER

from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs
from triptych.locking import among
from triptych.store import Store

WAITING = 2000


def marking(ids: list[str]) -> Any:  # Any: an update
    """A statement like those of admission, claims and renewals."""
    locked = select(jobs.c.id).where(jobs.c.id.in_(ids)).order_by(jobs.c.id).with_for_update(skip_locked=True)
    return update(jobs).where(jobs.c.state == JobState.QUEUED, among(jobs.c.id, locked)).values(note="marked")


def joins(connection: Connection, statement: Any) -> list[str]:
    """The kinds of joins in PostgreSQL's plan for the statement."""
    words = str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    plan = connection.exec_driver_sql(f"EXPLAIN {words}").scalars()
    return [line.strip() for line in plan if "Join" in line or "Nested Loop" in line]


def test_those_that_are_selected_are_changed_and_no_others(store: Store) -> None:
    ids = [job.id for job in waiting_jobs(store, OWNER, 5, COUNTING)]

    with store.database.write() as connection:
        changed = connection.execute(marking(ids[1:3])).rowcount
        marked = set(connection.execute(select(jobs.c.id).where(jobs.c.note == "marked")).scalars())

    assert (changed, marked) == (2, set(ids[1:3]))


@pytest.mark.postgres
def test_postgresql_does_not_go_through_the_others_for_them(impatient: Store) -> None:
    ids = [job.id for job in waiting_jobs(impatient, OWNER, WAITING, COUNTING)]

    with impatient.database.write() as connection:
        assert joins(connection, marking(ids[:64])) == []
