from struct import pack

import pytest
from support.remembering import MEANING, OWNER, a_finished_job, a_kept_file, ask, passage, remember, texts_of, vector

from pipelines.house import Vector
from triptych.jobs.owner import UnknownJob, delete_job, retry
from triptych.memory.keeping import settle
from triptych.memory.vectors import BadVector
from triptych.store import Store
from triptych.uploads import remove_file

pytestmark = pytest.mark.redis


def rows_left(store: Store) -> dict[str, int]:
    """How many rows the memory's tables have."""
    is_postgresql = store.database.is_postgresql
    tables = (
        "SELECT tablename FROM pg_tables" if is_postgresql else "SELECT name FROM sqlite_master WHERE type = 'table'"
    )
    with store.database.read() as connection:
        names = [name for name in connection.exec_driver_sql(tables).scalars() if name.startswith("memory_vectors_")]
        counted = ["memories", "memory_makers", "memory_words", *names]
        return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in counted}


def test_the_same_is_kept_once_however_often_it_is_made(store: Store) -> None:
    file = a_kept_file(store)
    same = passage("the harbour at dawn", 0, vector(1, 0, 0))

    job = remember(store, same, file=file)
    remember(store, same, same, job=job, file=file, attempt=2)
    remember(store, same, file=file)

    [hit] = ask(store, "harbour", vector(1, 0, 0)).hits
    assert [one.rank for one in hit.by] == [1, 1]
    assert hit.source.file_id == file.id


def test_a_vector_takes_the_place_of_the_one_before(store: Store) -> None:
    file = a_kept_file(store)
    job = remember(store, passage("the harbour", 0, vector(1, 0, 0)), file=file)

    remember(store, passage("the harbour", 0, vector(0, 1, 0)), job=job, file=file)

    [hit] = ask(store, "", vector(0, 1, 0)).hits
    assert hit.by[0].score == pytest.approx(1.0)


def test_what_a_run_made_no_more_is_forgotten(store: Store) -> None:
    file = a_kept_file(store)
    job = remember(store, passage("misheard harbour", 0), passage("heard harbour", 100), file=file)

    remember(store, passage("heard harbour", 100), job=job, file=file, attempt=2)
    with store.database.write() as connection:
        settle(connection, job.id, 2)

    assert texts_of(ask(store, "harbour")) == ["heard harbour"]


def test_a_deleted_job_leaves_nothing_of_its_memories(store: Store) -> None:
    job = remember(store, passage("the harbour at dawn", 0, vector(1, 0, 0)))

    delete_job(store, OWNER, job.id)

    assert ask(store, "harbour", vector(1, 0, 0)).hits == []
    assert set(rows_left(store).values()) == {0}


def test_what_two_jobs_made_stays_until_both_are_gone(store: Store) -> None:
    file = a_kept_file(store)
    jobs = [remember(store, passage("the harbour", 0, vector(1, 0, 0)), file=file) for _ in range(2)]

    left = []
    for job in jobs:
        delete_job(store, OWNER, job.id)
        left.append(texts_of(ask(store, "harbour", vector(1, 0, 0))))

    assert left == [["the harbour"], []]


def test_a_deleted_file_takes_its_source_along(store: Store) -> None:
    file = a_kept_file(store)
    job = remember(store, passage("the harbour", 0, vector(1, 0, 0)), file=file)
    delete_job(store, OWNER, job.id)

    remove_file(store, OWNER, file.id)

    assert set(rows_left(store).values()) == {0}


def test_a_job_that_is_done_again_is_forgotten_until_then(store: Store) -> None:
    job = remember(store, passage("the harbour at dawn"))

    retry(store, OWNER, job.id)

    assert ask(store, "harbour").hits == []
    assert set(rows_left(store).values()) == {0}


@pytest.mark.parametrize("values", [(1.0, 0.0), (0.0, 0.0, 0.0), (1.0, float("nan"), 0.0), (float("inf"), 0.0, 0.0)])
def test_a_vector_that_points_nowhere_is_not_kept(sqlite_store: Store, values: tuple[float, ...]) -> None:
    remember(sqlite_store, passage("the harbour", 0, vector(1, 0, 0)))
    bad = Vector(MEANING, pack(f"<{len(values)}f", *values))

    with pytest.raises(BadVector, match="a vector of compass has"):
        remember(sqlite_store, passage("the bakery", 0, bad))
    with pytest.raises(BadVector, match="a vector of compass has"):
        ask(sqlite_store, "", bad)

    assert texts_of(ask(sqlite_store, "", vector(1, 0, 0))) == ["the harbour"]


def test_nothing_is_kept_of_a_job_that_is_gone(store: Store) -> None:
    file = a_kept_file(store)
    job = a_finished_job(store, files=[file])
    delete_job(store, OWNER, job.id)

    with pytest.raises(UnknownJob):
        remember(store, passage("the harbour"), job=job, file=file)

    assert ask(store).hits == []


def test_nothing_is_kept_of_anothers_job(store: Store) -> None:
    file = a_kept_file(store)
    job = a_finished_job(store, files=[file])

    with pytest.raises(UnknownJob):
        remember(store, passage("the harbour"), job=job, file=file, owner="bob")

    assert ask(store, owner="bob").hits == []


def test_what_no_database_takes_is_kept_with_a_sign_in_its_place(store: Store) -> None:
    remember(store, passage("har\x00bour \ud800 at dawn"))

    [hit] = ask(store, "dawn").hits

    assert hit.memory.text == "har\ufffdbour \ufffd at dawn"
