"""The chore of batches: it takes every batch to its end, and one that cannot be taken further holds up no other."""

from collections.abc import Callable
from threading import Event

import pytest
from sqlalchemy import update
from support.batching import a_batch, standing, texts

from triptych.batches.making import AHEAD
from triptych.batches.reading import get_batch
from triptych.batches.states import BatchState
from triptych.batches.tables import batches
from triptych.batches.validating import PAGE_LINES
from triptych.jobs.tables import jobs
from triptych.store import Store
from workers.batches import look_after_batches

pytestmark = pytest.mark.redis


class Waits(Event):
    """A stop that comes with the wait of this number, none of which takes time."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._left = number

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        if self._left <= 0:
            self.set()
        return self.is_set()


def test_batch_is_read_and_its_jobs_are_made_without_a_wait(sqlite_store: Store) -> None:
    batch_id = a_batch(sqlite_store, texts(3))

    look_after_batches(sqlite_store, Waits(1))

    batch = standing(sqlite_store, batch_id)
    assert (batch.state, batch.lines.queued) == (BatchState.RUNNING, 3)


def test_batch_that_cannot_be_taken_further_holds_up_no_other(sqlite_store: Store) -> None:
    odd, sound = a_batch(sqlite_store, texts(1)), a_batch(sqlite_store, texts(2))
    with sqlite_store.database.write() as connection:
        connection.execute(update(batches).where(batches.c.id == odd).values(manifest_form="scroll"))

    look_after_batches(sqlite_store, Waits(1))

    assert standing(sqlite_store, odd).state is BatchState.VALIDATING
    assert standing(sqlite_store, sound).state is BatchState.RUNNING


@pytest.fixture
def half_made(sqlite_store: Store) -> str:
    """A running batch of which some lines are still to be made into jobs, for which there is room."""
    batch_id = a_batch(sqlite_store, texts(AHEAD + 1))
    look_after_batches(sqlite_store, Waits(1))
    with sqlite_store.database.write() as connection:
        connection.execute(update(jobs).values(state="succeeded", finished_at=1.0))
    return batch_id


def test_running_batch_that_nobody_understands_is_left_alone_for_a_while(
    sqlite_store: Store, half_made: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite_store.database.write() as connection:
        connection.execute(update(batches).values(manifest_form="scroll"))

    look_after_batches(sqlite_store, Waits(5))

    assert standing(sqlite_store, half_made).state is BatchState.RUNNING
    assert capsys.readouterr().out.count("the chore of batches stumbled") == 1


def test_running_batch_whose_manifest_is_gone_is_broken_off(sqlite_store: Store, half_made: str) -> None:
    with sqlite_store.database.write() as connection:
        connection.execute(update(batches).values(manifest_sha256="0" * 64))

    look_after_batches(sqlite_store, Waits(1))

    batch = standing(sqlite_store, half_made)
    assert (batch.state, (batch.error or {})["code"]) == (BatchState.CANCELLED, "bad_manifest")


def test_manifest_whose_bytes_are_gone_fails_its_batch(sqlite_store: Store) -> None:
    batch_id = a_batch(sqlite_store, texts(1))
    with sqlite_store.database.write() as connection:
        connection.execute(update(batches).values(manifest_sha256="0" * 64))

    look_after_batches(sqlite_store, Waits(1))

    assert (standing(sqlite_store, batch_id).error or {})["code"] == "bad_manifest"


class Until(Event):
    """A stop that comes as soon as something holds."""

    def __init__(self, holds: Callable[[], bool]) -> None:
        super().__init__()
        self._holds = holds

    def is_set(self) -> bool:
        return self._holds()


def test_owner_of_many_batches_takes_no_more_turns_than_the_owner_of_one(sqlite_store: Store) -> None:
    two_pages = texts(PAGE_LINES + 1)
    many = [a_batch(sqlite_store, two_pages) for _ in range(4)]
    one = a_batch(sqlite_store, two_pages, owner="bob")

    look_after_batches(sqlite_store, Until(lambda: get_batch(sqlite_store, "bob", one).state is BatchState.RUNNING))

    read = [standing(sqlite_store, batch_id).lines.total for batch_id in many]
    assert sorted(read) == [0, 0, PAGE_LINES, PAGE_LINES]


def test_batches_of_one_owner_take_turns(sqlite_store: Store) -> None:
    first, second = (a_batch(sqlite_store, texts(PAGE_LINES + 1)) for _ in range(2))

    look_after_batches(sqlite_store, Until(lambda: standing(sqlite_store, second).lines.total > 0))

    assert standing(sqlite_store, first).lines.total == PAGE_LINES
