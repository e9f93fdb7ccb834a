"""The chore of batches: it takes every batch to its end, and one that cannot be taken further holds up no other."""

from threading import Event

import pytest
from sqlalchemy import update
from support.batching import a_batch, standing, texts

from triptych.batches.states import BatchState
from triptych.batches.tables import batches
from triptych.store import Store
from workers.batches import look_after_batches

pytestmark = pytest.mark.redis


class Once(Event):
    """A stop that comes with the first wait, when there is no more to do at once."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_batch_is_read_and_its_jobs_are_made_without_a_wait(sqlite_store: Store) -> None:
    batch_id = a_batch(sqlite_store, texts(3))

    look_after_batches(sqlite_store, Once())

    batch = standing(sqlite_store, batch_id)
    assert (batch.state, batch.lines.queued) == (BatchState.RUNNING, 3)


def test_batch_that_cannot_be_taken_further_holds_up_no_other(sqlite_store: Store) -> None:
    odd, sound = a_batch(sqlite_store, texts(1)), a_batch(sqlite_store, texts(2))
    with sqlite_store.database.write() as connection:
        connection.execute(update(batches).where(batches.c.id == odd).values(manifest_form="scroll"))

    look_after_batches(sqlite_store, Once())

    assert standing(sqlite_store, odd).state is BatchState.VALIDATING
    assert standing(sqlite_store, sound).state is BatchState.RUNNING


def test_manifest_whose_bytes_are_gone_fails_its_batch(sqlite_store: Store) -> None:
    batch_id = a_batch(sqlite_store, texts(1))
    with sqlite_store.database.write() as connection:
        connection.execute(update(batches).values(manifest_sha256="0" * 64))

    look_after_batches(sqlite_store, Once())

    assert (standing(sqlite_store, batch_id).error or {})["code"] == "bad_manifest"
