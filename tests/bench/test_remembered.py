"""Memories that are made from numbers and written straight into their tables, and what is looked for among them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text
from support.remembering import a_finished_job

from bench.made_memories import BIG, RARE, SPACE, Making, owner_of, source_of
from bench.remembered import remember
from bench.scale import COMPARED
from bench.sought import NEAREST, OWNERS, SMALL, Way, nearest, some
from pipelines.house import Memory, MemoryKind, Modality, Vector
from triptych.memory.keeping import Origin, keep
from triptych.memory.search import search
from triptych.memory.values import Question
from triptych.store import Store

MEMORIES, PATIENCE_S = 450, 60
MAKING = Making(7)
SAME = text("SELECT count(*) FROM memory_words one, memory_words other WHERE one.words = other.words")


@pytest.fixture
def filled(store: Store) -> Store:
    remember(store.database, MAKING, MEMORIES, PATIENCE_S)
    return store


def test_every_memory_is_there_and_half_are_one_owners(filled: Store) -> None:
    with filled.database.read() as connection:
        owners = Counter(connection.execute(text("SELECT owner FROM memories")).scalars())

    assert sum(owners.values()) == MEMORIES
    assert owners[BIG] == 250


def test_what_is_written_straight_is_found_by_the_words_that_the_house_would_have_kept(filled: Store) -> None:
    passage = MAKING.text(MAKING.chunk(1, MEMORIES).words[0])
    again = Memory(MemoryKind.PASSAGE, Modality.TEXT, passage, {}, 0.0, "en", None)
    job = a_finished_job(filled, BIG)

    with filled.database.write() as connection:
        origin = Origin("Again", "text/plain", 1.0, job_id=job.id)
        keep(connection, BIG, job.id, 1, {None: origin}, [again], filled.clock())

    with filled.database.read() as connection:
        assert connection.execute(SAME).scalar_one() == MEMORIES + 1 + 2


def test_memory_is_nearest_to_its_own_vector_and_found_by_its_own_words(filled: Store) -> None:
    chunk = MAKING.chunk(1, MEMORIES)
    asked = Question(f'"{MAKING.text(chunk.words[2])}"', (Vector(SPACE, chunk.vectors[2].tobytes()),))

    found = search(filled, BIG, asked)

    assert found.hits[0].memory.id.endswith("-000000000003")
    assert [(one.by, one.rank) for one in found.hits[0].by] == [("words", 1), ("meaning", 1)]
    assert found.hits[0].by[1].score == pytest.approx(1, abs=1e-3)


def test_nearest_of_all_are_those_that_a_search_finds_where_it_compares_them_all(sqlite_store: Store) -> None:
    remember(sqlite_store.database, MAKING, MEMORIES, PATIENCE_S)

    for way in COMPARED:
        sought = some(MAKING, MEMORIES, OWNERS[way], 3, 1)
        truth = nearest(MAKING, MEMORIES, sought, way)

        asked = [replace(one.question(way, NEAREST), text="") for one in sought]
        found = [search(sqlite_store, OWNERS[way], question).hits for question in asked]
        assert [[int(hit.memory.id[-12:]) for hit in hits] for hits in found] == truth


def test_what_is_sought_has_words_of_its_passage_and_a_vector_beside_its_own() -> None:
    [sought] = some(MAKING, MEMORIES, SMALL, 1, 5)

    chunk = MAKING.chunk(1, MEMORIES)
    assert owner_of(source_of(sought.number)) == SMALL
    assert set(sought.text.split()) <= set(MAKING.text(chunk.words[sought.number - 1]).split())
    assert 0.9 < float(sought.vector @ chunk.vectors[sought.number - 1]) < 0.99


def test_a_tag_lets_one_source_of_a_hundred_through(sqlite_store: Store) -> None:
    remember(sqlite_store.database, MAKING, MEMORIES, PATIENCE_S)
    [sought] = some(MAKING, MEMORIES, BIG, 1, 5)

    hits = search(sqlite_store, BIG, sought.question(Way.TAG, 100)).hits

    assert {hit.source.tags for hit in hits} == {(RARE,)}
    assert {source_of(int(hit.memory.id[-12:])) for hit in hits} == {1}


def test_words_are_as_frequent_as_zipf_says_and_vectors_have_length_one() -> None:
    chunk = MAKING.chunk(1, 5000)

    counted = Counter(np.concatenate(chunk.words).tolist())

    assert counted[0] / counted[9] == pytest.approx(((10 + 2.7) / (1 + 2.7)) ** 1.07, rel=0.15)
    assert np.linalg.norm(chunk.vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert MAKING.vocabulary[:3] == Making(7).vocabulary[:3]
