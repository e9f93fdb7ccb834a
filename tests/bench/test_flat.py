"""What single operations cost beside many rows, and which of their statements grew."""

import pytest

from bench.filled import BACKLOG, FINISHED, Content, fill, row_id
from bench.flat import flat_table
from bench.operations import BUSY, Operations, hand_in
from bench.statements import StatementTimes, growing
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.states import JobState
from triptych.store import Store


def test_rows_are_there_in_the_wanted_number_however_often_they_were_added_to(store: Store) -> None:
    fill(store.database, FINISHED, 0, 20)

    fill(store.database, FINISHED, 20, 50)

    page = list_jobs(store, BUSY, Filter(), 100)
    assert [job.id for job in page] == [row_id(number) for number in (50, 40, 30, 20, 10)]
    assert {job.state for job in page} == {JobState.SUCCEEDED}


def test_backlog_is_the_newer_half_of_what_is_added(store: Store) -> None:
    fill(store.database, BACKLOG, 0, 20)

    fill(store.database, BACKLOG, 20, 40)

    page = list_jobs(store, BUSY, Filter(state=JobState.QUEUED), 100)
    assert [job.id for job in page] == [row_id(number) for number in [*range(40, 30, -1), *range(20, 10, -1)]]


@pytest.mark.parametrize("content", [FINISHED, BACKLOG], ids=lambda content: content.title)
def test_every_operation_is_timed_once_a_round(store: Store, content: Content) -> None:
    fill(store.database, content, 0, 60)
    hand_in(store, store)
    operations = Operations(store, store, 60)

    operations.round()
    operations.round()

    assert {"submit one job", "claim", "succeed", "admission", "one job with its place"} <= set(operations.seconds)
    assert {len(taken) for taken in operations.seconds.values()} == {2}
    assert {operation for operation, _ in operations.statements.spent} == set(operations.seconds)


def test_statements_that_differ_in_the_length_of_a_list_are_one(sqlite_store: Store) -> None:
    times = StatementTimes([sqlite_store.database])

    with times.operation("look"), sqlite_store.database.read() as connection:
        connection.exec_driver_sql("SELECT id FROM jobs WHERE id IN ('a')")
        connection.exec_driver_sql("SELECT id FROM jobs WHERE id IN ('a', 'b')")

    assert [len(taken) for (_, statement), taken in times.spent.items() if "IN (...)" in statement] == [2]


def test_operations_are_told_in_milliseconds_and_by_how_much_they_grew() -> None:
    by_size = {10: {"claim": [0.001, 0.25, 0.25]}, 1000: {"claim": [0.5, 0.5, 0.001]}}

    table = flat_table("SQLite", by_size)

    assert list(table.headings) == ["operation", "ms at 10", "ms at 1,000", "last / first"]
    assert list(table.rows) == [("claim", 250.0, 500.0, 2.0)]


def test_only_statements_that_grew_and_take_long_are_told() -> None:
    few = {("claim", "SELECT a FROM grows"): [0.25], ("claim", "SELECT b FROM flat"): [0.5]}
    many = {**few, ("claim", "SELECT a FROM grows"): [0.5], ("claim", "SELECT c FROM quick"): [0.001]}

    table = growing("SQLite", {10: few, 1000: many}, times=2.0, least_ms=2.0)

    assert list(table.rows) == [("claim", "`SELECT a FROM grows`", 250.0, 500.0)]
