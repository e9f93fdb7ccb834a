"""What is told of indexing: every job that waited, and what came of it."""

import pytest

from bench.indexing import NOWHERE, Inputs, indexed
from pipelines.engines.model_cache import BoundedModelCache
from triptych.memory.spaces import open_space
from triptych.store import Store

pytestmark = pytest.mark.redis


def test_every_job_is_counted_but_the_first(sqlite_store: Store) -> None:
    with sqlite_store.database.write() as connection:
        for space in NOWHERE:
            open_space(connection, space, sqlite_store.clock())
    facts = [f"The ferry number {number} sank in March.".encode() for number in range(20)]

    jobs, memories, memories_a_second, _ = indexed(sqlite_store, BoundedModelCache(), Inputs("text/plain", facts))

    assert (jobs, memories) == (19, 19)
    assert memories_a_second > 0
