"""Spaces that nobody searches any more: their tables go while others read, search, write and delete."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, event, inspect
from support.rebuilding import BETTER, built, states, took_over
from support.remembering import ask, passage, remember, texts_of, vector
from support.work import a_claim, a_job, fail, succeed

from triptych.jobs.owner import cancel
from triptych.jobs.tables import jobs
from triptych.memory.archive.export import export_archive
from triptych.memory.leaving import sweep_spaces
from triptych.memory.space_tables import PAGES, ROWS_AT_ONCE, drop_table
from triptych.memory.spaces import activate, spaces
from triptych.memory.values import SpaceState
from triptych.memory.vectors import vector_of
from triptych.store import Store

pytestmark = pytest.mark.redis

OWNER = "ada"
MANY_MEMORIES = """
    WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {})
    INSERT INTO memories (number, id, owner, source, kind, modality, language, text, place, position, created_at)
    SELECT n, n, owner, source, kind, modality, language, '', place, position, created_at
    FROM numbers, memories WHERE number = 1
"""


def tables(store: Store) -> set[str]:
    """The tables of vectors that there are."""
    names = inspect(store.database.engine).get_table_names()
    return {name for name in names if name.startswith("memory_vectors_") and not name.endswith("_signs")}


def test_table_of_a_model_that_was_replaced_is_dropped_by_a_sweep(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    old = tables(store)
    took_over(store)
    kept_at_first = tables(store)

    sweep_spaces(store)

    [active] = spaces(store)
    assert (states(store), tables(store)) == ({"sextant": "active"}, {active.vectors})
    assert old < kept_at_first
    assert texts_of(ask(store, "harbour")) == ["harbour"]


def test_many_vectors_go_a_few_at_a_time(sqlite_store: Store) -> None:
    remember(sqlite_store, passage("harbour", 0, vector(1, 0, 0)))
    [old] = spaces(sqlite_store)
    with sqlite_store.database.write() as connection:
        connection.exec_driver_sql(MANY_MEMORIES.format(ROWS_AT_ONCE * PAGES + 1))
        connection.exec_driver_sql(f"INSERT INTO {old.vectors} SELECT number, x'00' FROM memories WHERE number > 1")
    took_over(sqlite_store)

    told = []
    for _ in range(2):
        sweep_spaces(sqlite_store)
        told.append(states(sqlite_store))

    assert told == [{"compass": "retired", "sextant": "active"}, {"sextant": "active"}]


@pytest.mark.postgres
def test_model_takes_over_while_the_old_vectors_are_read(impatient: Store) -> None:
    remember(impatient, passage("harbour", 0, vector(1, 0, 0)))
    [old] = spaces(impatient)
    built(impatient)

    with impatient.database.snapshot() as reading:
        vector_of(reading, old, 1)
        with impatient.database.write() as connection:
            activate(connection, BETTER)
        sweep_spaces(impatient)
        found, told = ask(impatient, "harbour"), states(impatient)
    sweep_spaces(impatient)

    assert (texts_of(found), told) == (["harbour"], {"compass": "retired", "sextant": "active"})
    assert states(impatient) == {"sextant": "active"}


@pytest.mark.postgres
def test_model_takes_over_while_memories_are_deleted(impatient: Store) -> None:
    job = remember(impatient, passage("harbour", 0, vector(1, 0, 0)))
    built(impatient)

    with impatient.database.write() as deleting:
        deleting.execute(delete(jobs).where(jobs.c.id == job.id))
        with impatient.database.write() as connection:
            activate(connection, BETTER)
        sweep_spaces(impatient)
    sweep_spaces(impatient)

    assert ask(impatient, "harbour").hits == []
    assert states(impatient) == {"sextant": "active"}


def test_export_that_began_before_brings_the_old_vectors(store: Store, tmp_path: Path) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    replaced: list[str] = []

    def replace(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM collections" in statement and not replaced:
            replaced.append(statement)
            took_over(store)
            sweep_spaces(store)

    event.listen(store.database.engine, "before_cursor_execute", replace)
    (tmp_path / "all.zip").write_bytes(b"".join(export_archive(store, OWNER)))
    event.remove(store.database.engine, "before_cursor_execute", replace)

    with ZipFile(tmp_path / "all.zip") as archive:
        [brought] = archive.read("vectors.jsonl").splitlines()
    assert json.loads(brought)["model"] == "compass"
    sweep_spaces(store)
    assert states(store) == {"sextant": "active"}


@pytest.mark.parametrize("ended", [fail, succeed, lambda store, claimed: cancel(store, OWNER, claimed.job.id)])
def test_half_built_vectors_go_with_the_end_of_their_job(store: Store, ended: Callable[..., None]) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    claimed = a_claim(store, a_job(store))
    built(store, BETTER, claimed.job)
    sweep_spaces(store)
    while_it_went_on = states(store)

    ended(store, claimed)
    for _ in range(2):
        sweep_spaces(store)

    assert while_it_went_on == {"compass": "active", "sextant": "building"}
    assert states(store) == {"compass": "active"}
    assert texts_of(ask(store, "", vector(1, 0, 0))) == ["harbour"]


def test_sweep_that_is_late_leaves_what_is_built_under_the_number_of_what_it_found(store: Store) -> None:
    remember(store, passage("harbour", 0, vector(1, 0, 0)))
    new = built(store)
    found = replace(new, state=SpaceState.RETIRED)

    drop_table(store.database, found)

    assert states(store) == {"compass": "active", "sextant": "building"}
    assert new.vectors in tables(store)
