"""What a process holds is told by the models' names, whatever ways they were loaded in."""

import os

import pytest
from support.until import until

from pipelines.engines.model_cache import BoundedModelCache
from triptych import workers
from triptych.jobs.leases import Holder
from triptych.loaded import Loaded, models_in_memory
from triptych.store import Store
from triptych.workers import Worker
from workers.forks import ForkGuard
from workers.presence import Presence
from workers.residents import Residents

NOBODYS = 2**22 + 1  # no process can have this number: Linux counts to 2**22


@pytest.fixture
def here(sqlite_store: Store) -> Worker:
    """A worker that is on the list."""
    worker = Worker("cpu@here", ("cpu",), 1, "1", sqlite_store.clock())
    workers.report(sqlite_store, worker)
    return worker


def test_model_that_a_process_loads_is_told_soon(sqlite_store: Store, here: Worker) -> None:
    residents = Residents(sqlite_store, Holder(here.name))
    residents.start()
    cache = BoundedModelCache(observe=residents.note)

    cache.get("timm/mine", lambda: "a model", lambda _: 5)

    until(lambda: models_in_memory(sqlite_store) == [Loaded("timm/mine", here.name, os.getpid(), 5)])


def test_model_that_was_loaded_in_two_ways_is_told_once(sqlite_store: Store, here: Worker) -> None:
    residents = Residents(sqlite_store, Holder(here.name))

    residents.note({"whisper/base@/models/faster-whisper/base": 70, "whisper/base@/models/whisper/base.pt:cpu": 290})
    residents.write()

    assert models_in_memory(sqlite_store) == [Loaded("whisper/base", here.name, os.getpid(), 360)]


def test_what_a_dead_process_held_is_forgotten_at_the_next_report(sqlite_store: Store, here: Worker) -> None:
    for number in (os.getpid(), NOBODYS):
        residents = Residents(sqlite_store, Holder(here.name, "t", number))
        residents.note({"timm/mine": 5})
        residents.write()

    Presence(sqlite_store, "t", ForkGuard()).look(here)

    assert models_in_memory(sqlite_store) == [Loaded("timm/mine", here.name, os.getpid(), 5)]
