"""Which jobs are found, and by which way."""

import pytest
from support.statements import statements_of
from support.work import OWNER

from triptych.jobs.owner import retry_many
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.selection import Selection
from triptych.jobs.states import JobState
from triptych.store import Store


@pytest.mark.parametrize(
    "selection",
    [
        Selection(states=[JobState.FAILED]),
        Selection(states=[JobState.FAILED, JobState.CANCELLED]),
        Selection(states=[JobState.FAILED], pipeline="test.count"),
        Selection(pipeline="test.count"),
        Selection(states=[JobState.FAILED], after="01900000-0000-7000-8000-000000000000"),
    ],
)
def test_jobs_in_other_states_are_not_looked_at(sqlite_store: Store, selection: Selection) -> None:
    [(statement, parameters), *_] = statements_of(sqlite_store, lambda: retry_many(sqlite_store, OWNER, selection))

    with sqlite_store.database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()

    looked = [step.detail for step in plan if " jobs " in step.detail]
    assert looked
    assert [step for step in looked if "INDEX ix_jobs_owner_state (owner=? AND state=?" not in step] == []


@pytest.mark.parametrize("wanted", [Filter(parent="a"), Filter(JobState.FAILED, "test.count", before="b", parent="a")])
def test_children_are_found_by_their_parent_alone(sqlite_store: Store, wanted: Filter) -> None:
    executed = statements_of(sqlite_store, lambda: list_jobs(sqlite_store, OWNER, wanted, 10))

    statement, parameters = next(one for one in executed if one[0].startswith("SELECT"))
    with sqlite_store.database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    looked = [step.detail for step in plan if "ix_jobs" in step.detail]
    assert looked == ["SEARCH jobs USING INDEX ix_jobs_child (parent_id=?)"]
