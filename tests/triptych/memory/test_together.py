"""What several do to the same memories at the same time, on PostgreSQL, where nobody waits for all the others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection
from support.rebuilding import BETTER, built, states
from support.remembering import (
    MEANING,
    OWNER,
    a_finished_job,
    a_kept_file,
    ask,
    origin_of,
    passage,
    remember,
    texts_of,
    vector,
)
from support.stores import somebody_waits
from support.until import until

from triptych.jobs.owner import delete_job
from triptych.memory.keeping import keep
from triptych.memory.spaces import activate, open_space
from triptych.store import Store

pytestmark = [pytest.mark.redis, pytest.mark.postgres]


def while_open(store: Store, first: Callable[[Connection], object], second: Callable[[], object]) -> None:
    """Have ``second`` done by another while the transaction of ``first`` is open, for which it has to wait."""
    with ThreadPoolExecutor(1) as another:
        with store.database.write() as connection:
            first(connection)
            done = another.submit(second)
            until(lambda: somebody_waits(store) or done.done())
        done.result(timeout=10)


def test_two_that_keep_the_same_keep_it_once(impatient: Store) -> None:
    file = a_kept_file(impatient)
    jobs = [a_finished_job(impatient, files=[file]) for _ in range(2)]
    new = [passage(f"harbour {number}", number, vector(1, number, 0)) for number in range(5)]
    sources = {0: origin_of(file)}

    while_open(
        impatient,
        lambda connection: keep(connection, OWNER, jobs[0].id, 1, sources, new, 0.0),
        lambda: remember(impatient, *reversed(new), job=jobs[1], file=file),
    )

    assert len(ask(impatient, "harbour", vector(1, 0, 0)).hits) == 5
    delete_job(impatient, OWNER, jobs[0].id)
    assert len(ask(impatient, "harbour", vector(1, 0, 0)).hits) == 5


def test_what_is_made_again_while_its_maker_goes_stays(impatient: Store) -> None:
    file = a_kept_file(impatient)
    old = remember(impatient, passage("the harbour"), file=file)
    new = a_finished_job(impatient, files=[file])

    while_open(
        impatient,
        lambda connection: keep(connection, OWNER, new.id, 1, {0: origin_of(file)}, [passage("the harbour")], 0.0),
        lambda: delete_job(impatient, OWNER, old.id),
    )

    assert texts_of(ask(impatient, "harbour")) == ["the harbour"]


def test_the_last_two_makers_that_go_together_leave_nothing(impatient: Store) -> None:
    file = a_kept_file(impatient)
    jobs = [remember(impatient, passage("the harbour"), file=file) for _ in range(2)]

    while_open(
        impatient,
        lambda connection: connection.exec_driver_sql("DELETE FROM jobs WHERE id = %s", (jobs[0].id,)),
        lambda: delete_job(impatient, OWNER, jobs[1].id),
    )

    assert ask(impatient, "harbour").hits == []


def test_who_writes_vectors_and_who_takes_over_lock_spaces_in_one_order(impatient: Store) -> None:
    remember(impatient, passage("the harbour", 0, vector(1, 0, 0)))
    built(impatient)

    def take_over() -> None:
        with impatient.database.write() as connection:
            activate(connection, BETTER)

    with ThreadPoolExecutor(1) as another:
        with impatient.database.write() as connection:
            open_space(connection, MEANING, 0.0)
            done = another.submit(take_over)
            until(lambda: somebody_waits(impatient))
            open_space(connection, BETTER, 0.0)
        done.result(timeout=10)

    assert states(impatient) == {"compass": "retired", "sextant": "active"}
