"""What a run is told of the memory of its job's owner."""

from typing import Any

import pytest
from support.answering_questions import answered_with
from support.remembering import MEANING, passage, remember, vector
from support.work import a_claim, a_job

from pipelines.errors import BadInput
from pipelines.house import MemoryKind, Modality, Space, SpaceKind
from triptych.memory.questions import Asked
from triptych.store import Store
from workers.ports.memory import MemoryOfOwner

pytestmark = pytest.mark.redis

HARBOUR, BEES = "The harbour opens at seven.", "A hive has one queen."


@pytest.fixture
def memory(store: Store) -> MemoryOfOwner:
    """As a run of another job of the same owner has it."""
    return MemoryOfOwner(store, a_claim(store, a_job(store)))


def test_memory_is_recalled_by_a_word_with_what_it_takes_to_open_it(store: Store, memory: MemoryOfOwner) -> None:
    job = remember(store, passage(HARBOUR), passage(BEES, 40))

    recalled = memory.recall("Where is the harbour?", 5)

    [item] = recalled.items
    assert (item.kind, item.modality, item.text) == (MemoryKind.PASSAGE, Modality.TEXT, HARBOUR)
    assert (item.place, item.job_id, item.title) == ({"start": 0, "end": len(HARBOUR)}, job.id, "hello.txt")
    assert item.by == {"words": 1}
    assert item.file_id is not None
    assert len(recalled.warnings) == 1  # nobody compares by meaning


def test_memory_is_recalled_by_its_meaning(store: Store, memory: MemoryOfOwner) -> None:
    remember(store, passage(HARBOUR, 0, vector(1, 0, 0)), passage(BEES, 40, vector(0, 1, 0)))

    with answered_with(store, Asked([vector(0.1, 1, 0)])):
        recalled = memory.recall("monarch of insects", 1)

    [item] = recalled.items
    assert (item.text, item.by) == (BEES, {"meaning": 1})
    assert recalled.warnings == ()


def test_only_what_the_filters_let_through_is_recalled(store: Store, memory: MemoryOfOwner) -> None:
    remember(store, passage(HARBOUR))

    seen, read = (memory.recall("harbour", 5, {"modality": [modality]}).items for modality in ("image", "text"))

    assert (len(seen), len(read)) == (0, 1)


@pytest.mark.parametrize("only", [{"colour": "red"}, {"modality": ["smell"]}, {"since": "yesterday"}])
def test_filter_that_makes_no_sense_is_refused(memory: MemoryOfOwner, only: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=next(iter(only))):
        memory.recall("harbour", 5, only)


def test_other_owners_memories_are_not_recalled(store: Store, memory: MemoryOfOwner) -> None:
    remember(store, passage(HARBOUR), owner="grace")

    assert memory.recall("harbour", 5).items == []


def test_new_memories_are_to_have_vectors_where_others_have(store: Store, memory: MemoryOfOwner) -> None:
    assert memory.spaces() == []

    remember(store, passage(HARBOUR, 0, vector(1, 0, 0)))

    assert memory.spaces() == [Space(SpaceKind.TEXT, MEANING.model, 3)]


def test_what_the_house_did_not_ask_for_is_not_kept(memory: MemoryOfOwner, store: Store) -> None:
    job = remember(store)

    with pytest.raises(BadInput, match="does not follow"):
        memory.keep(job.id, [passage(HARBOUR)])
