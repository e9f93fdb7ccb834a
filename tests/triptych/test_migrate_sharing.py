"""Migration 0003 on a database in use: what waited, was rung for or ran before it is done after it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, insert, make_url, select
from support.migrating import another_database, upgrade
from support.stores import NOON, HandClock, admitted, ids_of, waiting_jobs
from support.work import COUNTING, OWNER, succeed

from triptych.ids import new_id
from triptych.jobs.leases import Holder, claim_all
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState
from triptych.jobs.sweep import sweep
from triptych.jobs.tables import attempts
from triptych.migrate import migrate
from triptych.settings import Settings
from triptych.store import Store, open_store

Row = dict[str, Any]  # Any: columns
OLD = "before_sharing"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database as the version before the migration left it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
        upgrade(url, "0002")
        yield url
        return
    with another_database(request.getfixturevalue("postgres_url"), OLD) as url:
        upgrade(url, "0002")
        yield url


def a_row(**columns: object) -> Row:
    """A job as it was stored before."""
    return {
        "id": new_id(),
        "owner": OWNER,
        "pipeline": COUNTING.name,
        "lane": "cpu",
        "priority": 0,
        "params": {},
        "state": "queued",
        "attempt": 0,
        "failures": 0,
        "created_at": NOON,
        "queued_at": NOON,
        "warnings": [],
        "cached": False,
        **columns,
    }


def running(row: Row) -> Row:
    lease = {"started_at": NOON, "lease_until": NOON + 30, "worker": "cpu@before"}
    return {**row, "state": "running", "attempt": 1, "rung_at": NOON, **lease}


Upgraded = Callable[..., Store]


@pytest.fixture
def upgraded(old_url: str, settings: Settings, clock: HandClock) -> Iterator[Upgraded]:
    """Put jobs, and attempts, into the old database and return a store on it once it has been migrated."""
    opened: list[Store] = []

    def migrated_with(jobs: list[Row], attempted: list[Row] | None = None) -> Store:
        write_old(old_url, {"jobs": jobs, "attempts": attempted or []})
        migrate(old_url)
        of_old = settings.model_copy(update={"database_url": old_url})
        opened.append(open_store(of_old, synchronous="OFF"))
        return replace(opened[0], clock=clock)

    yield migrated_with
    for store in opened:
        store.close()


def write_old(url: str, rows: dict[str, list[Row]]) -> None:
    engine, tables = create_engine(make_url(url)), MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table, of_table in rows.items():
            for row in of_table:
                connection.execute(insert(tables.tables[table]), row)
    engine.dispose()


def test_waiting_jobs_keep_their_order_and_new_ones_go_behind(upgraded: Upgraded) -> None:
    came = {order: a_row(queued_at=NOON + order) for order in (3, 1, 4, 2)}
    store = upgraded(list(came.values()))
    new = waiting_jobs(store, OWNER, 2, COUNTING)

    order = ids_of(admitted(store))

    assert order == [*(came[number]["id"] for number in (1, 2, 3, 4)), *ids_of(new)]


def test_each_owner_and_class_has_turns_of_its_own(upgraded: Upgraded) -> None:
    rows = [
        a_row(owner=owner, priority=rank, queued_at=NOON + number)
        for number, (owner, rank) in enumerate([("ada", 1), ("bob", 0), ("ada", 0), ("bob", 0), ("ada", 0)])
    ]
    store = upgraded(rows)

    order = ids_of(admitted(store))

    assert order == [rows[number]["id"] for number in (1, 2, 3, 4, 0)]


def test_attempts_that_had_not_ended_go_and_the_others_stay(upgraded: Upgraded) -> None:
    job = {**running(a_row()), "attempt": 2}
    ended = {"job_id": job["id"], "attempt": 1, "worker": "cpu@before", "started_at": NOON - 9, "ended_at": NOON - 8}
    under_way = {**ended, "attempt": 2, "started_at": NOON, "ended_at": None}
    store = upgraded([job], [ended, under_way])

    with store.database.read() as connection:
        kept = connection.execute(select(attempts.c.attempt)).scalars().all()

    assert kept == [1]
    assert [(one.attempt, one.ended_at) for one in list_attempts(store, OWNER, job["id"])] == [(1, NOON - 8), (2, None)]


def test_what_waited_was_rung_for_or_ran_is_done_afterwards(upgraded: Upgraded, clock: HandClock) -> None:
    rows = [a_row(), a_row(rung_at=NOON), running(a_row())]
    under_way = {"job_id": rows[2]["id"], "attempt": 1, "worker": "cpu@before", "started_at": NOON}
    store = upgraded(rows, [under_way])
    clock.forward(store.settings.lease_s + 1)
    sweep(store, since=clock())

    claims = claim_all(store, [row["id"] for row in rows], Holder("cpu@after"))
    for claimed in claims:
        succeed(store, claimed)

    assert [claimed.row.attempt for claimed in claims] == [1, 1, 2]
    assert {get_job(store, OWNER, row["id"]).state for row in rows} == {JobState.SUCCEEDED}
    assert [attempt.worker for attempt in list_attempts(store, OWNER, rows[2]["id"])] == ["cpu@before", "cpu@after"]


def test_jobs_that_were_rung_for_hold_their_places(upgraded: Upgraded) -> None:
    rung = [a_row(rung_at=NOON) for _ in range(16)]
    store = upgraded([*rung, a_row()])

    assert store.settings.window == len(rung)
    assert admitted(store) == []


def test_old_jobs_have_the_limits_of_old(upgraded: Upgraded) -> None:
    row = a_row()
    store = upgraded([row])

    [claimed] = claim_all(store, [row["id"]], Holder("cpu@after"))

    assert (claimed.row.time_limit_s, claimed.row.batch, claimed.row.fresh) == (3600.0, 1, False)
