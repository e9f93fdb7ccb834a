"""Several processes that look after one batch, and one that dies: nothing is doubled, and nothing is left undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Connection, update
from support.batching import a_batch, do_jobs, jobs_of, standing, tend, texts
from support.stores import HandClock
from support.work import OWNER

from triptych.batches import validating
from triptych.batches.making import make_page
from triptych.batches.owner import retry
from triptych.batches.states import BatchState
from triptych.batches.tables import batches
from triptych.batches.tending import Told, attend, attended
from triptych.database import Database
from triptych.store import Store

pytestmark = pytest.mark.redis

PAGES = 2 * validating.PAGE_LINES + 7


def step(store: Store, told: Told) -> None:
    for row in attended(store):
        attend(store, row, told)


class Lost(Exception):
    """The process dies."""


@dataclass(frozen=True)
class DyingDatabase(Database):
    """A database whose writes are all rolled back at their end."""

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as connection:
            yield connection
            raise Lost


def test_process_that_dies_in_any_page_leaves_all_for_the_next(store: Store) -> None:
    batch_id, told = a_batch(store, texts(PAGES)), Told()
    dying = replace(store, database=DyingDatabase(store.database.engine))
    while standing(store, batch_id).lines.queued < PAGES or standing(store, batch_id).state is BatchState.VALIDATING:
        with pytest.raises(Lost):
            step(dying, told)
        step(store, told)

    tend(store)

    names = [job.inputs[0].name for job in jobs_of(store, batch_id)]
    assert names == [f"the quick brown fox number {n}.txt" for n in range(1, PAGES + 1)]


def test_two_processes_at_the_same_page_write_it_once(store: Store) -> None:
    batch_id = a_batch(store, texts(3))
    [row] = attended(store)

    attend(store, row, Told())
    attend(store, row, Told())
    tend(store)

    assert standing(store, batch_id).lines.total == len(jobs_of(store, batch_id)) == 3


@dataclass(frozen=True)
class OvertakenDatabase(Database):
    """A database on which others do something between a look of this process and what it writes for that."""

    others: list[Callable[[], object]]

    @contextmanager
    def write(self) -> Iterator[Connection]:
        while self.others:
            self.others.pop()()
        with super().write() as connection:
            yield connection


def test_line_that_another_process_made_and_its_owner_had_done_again_meanwhile_has_one_job(store: Store) -> None:
    batch_id = a_batch(store, texts(1))
    [row] = attended(store)
    attend(store, row, Told())

    def overtake() -> None:
        tend(store)
        do_jobs(store, batch_id, failing=["number 1"])
        retry(store, OWNER, batch_id)

    slow = replace(store, database=OvertakenDatabase(store.database.engine, [overtake]))
    make_page(slow, batch_id)
    tend(store)

    [job] = jobs_of(store, batch_id)
    assert job.attempt == 1
    assert standing(store, batch_id).lines.queued == 1


def test_page_of_a_process_that_died_is_read_by_another_when_its_lease_is_over(timed: Store, clock: HandClock) -> None:
    batch_id = a_batch(timed, texts(3))
    with timed.database.write() as connection:
        connection.execute(update(batches).values(lease_until=clock() + timed.settings.lease_s))

    tend(timed)
    meanwhile = standing(timed, batch_id)
    clock.forward(timed.settings.lease_s + 1)
    tend(timed)

    assert meanwhile.state is BatchState.VALIDATING
    assert standing(timed, batch_id).state is BatchState.RUNNING
