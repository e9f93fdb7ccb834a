"""A statement on rows that are locked first asks for these once, however many there are beside them."""

from typing import Any

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql
from support.statements import statements_of
from support.stores import SHUT, admitted, waiting_jobs, with_settings
from support.work import COUNTING, OWNER

from triptych.jobs.leases import Holder, claim_all, renew
from triptych.jobs.states import JobState
from triptych.jobs.sweep import sweep
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


def test_sqlite_reads_no_job_beside_them(sqlite_store: Store) -> None:
    store, holder = sqlite_store, Holder("worker-1")

    def a_lanes_work() -> None:
        ids = [job.id for job in waiting_jobs(store, OWNER, 5, COUNTING)]
        admitted(with_settings(store, window=8))
        claim_all(with_settings(store, window=SHUT), ids, holder)
        renew(store, holder.token, [holder.process_id])
        sweep(store, since=0.0)

    changes = [one for one in statements_of(store, a_lanes_work) if one[0].startswith("UPDATE jobs")]
    with store.database.read() as connection:
        plans = [
            step.detail
            for statement, parameters in changes
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]

    assert len(changes) >= 3
    assert [step for step in plans if step.startswith("SCAN jobs") and "INDEX" not in step] == []
