"""An archive brings everything back, on either database and from one to the other, and once only."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from unicodedata import normalize

import pytest
from sqlalchemy import delete, select, update
from support.archives import BEES, HARBOUR, a_full_memory, a_short_text, exported, lines_of
from support.postgres_process import empty_postgres
from support.rebuilding import nothing_compared
from support.remembering import MEANING, PICTURES, a_finished_job, ask, passage, remember, texts_of, vector
from support.work import OWNER, a_claim, a_file, a_job

from api.schemas.requests import NAME_CHARACTERS
from triptych.chat.tables import conversations, message_files, messages
from triptych.files import add_files, files
from triptych.jobs.reading import get_job
from triptych.jobs.tables import jobs
from triptych.memory.archive.bringing import import_archive
from triptych.memory.archive.export import export_archive
from triptych.memory.archive.format import BadArchive
from triptych.memory.spaces import open_space
from triptych.memory.tables import memories, memory_makers, memory_sources
from triptych.settings import Settings
from triptych.store import Store, open_store
from triptych.uploads import Text, read_content, read_files, text_file


def test_search_finds_the_same_in_another_installation(sqlite_store: Store, elsewhere: Store, tmp_path):
    a_full_memory(sqlite_store, tmp_path)
    questions = [("sailing", ()), ("", (vector(0, 1, 0.2),)), ("port", (vector(0, 0, 1, space=PICTURES),))]
    before = [texts_of(ask(sqlite_store, text, *vectors)) for text, vectors in questions]
    compare_by_the_same(elsewhere)

    brought = import_archive(elsewhere, OWNER, exported(sqlite_store, tmp_path / "all.zip"))

    assert (brought.files, brought.jobs, brought.memories, brought.conversations, brought.skipped) == (1, 1, 3, 1, 0)
    assert [texts_of(ask(elsewhere, text, *vectors)) for text, vectors in questions] == before
    [hit] = ask(elsewhere, "sailing").hits
    assert (hit.memory.pinned_at, hit.source.tags, len(hit.source.collections)) == (7.0, ("harbours",), 1)


def test_archive_of_postgresql_is_read_by_sqlite(postgres_pair, tmp_path):
    here, there = postgres_pair
    a_full_memory(here, tmp_path)
    compare_by_the_same(there)

    import_archive(there, OWNER, exported(here, tmp_path / "all.zip"))

    assert texts_of(ask(there, "", vector(0.1, 1, 0)))[0] == BEES
    assert texts_of(ask(there, "sailed")) == [HARBOUR]


def compare_by_the_same(store: Store) -> None:
    """Have the models' spaces in another installation too, as the first memories that it makes do."""
    with store.database.write() as connection:
        for space in (MEANING, PICTURES):
            open_space(connection, space, 0.0)


@pytest.fixture
def postgres_pair(settings: Settings, sqlite_store: Store, postgres_url: str) -> Iterator[tuple[Store, Store]]:
    """A store on PostgreSQL, with blobs of its own, and one on SQLite."""
    empty_postgres(postgres_url)
    home = settings.home.with_name("server")
    home.mkdir()
    store = open_store(settings.model_copy(update={"home": home, "database_url": postgres_url}))
    yield store, sqlite_store
    store.close()


def test_importing_twice_changes_nothing(store: Store, tmp_path):
    a_full_memory(store, tmp_path)
    path = exported(store, tmp_path / "all.zip")
    before = rows_of(store)

    brought = import_archive(store, OWNER, path)

    assert (brought.files, brought.jobs, brought.memories, brought.conversations, brought.skipped) == (0, 0, 0, 0, 6)
    assert rows_of(store) == before


def test_ids_of_somebody_else_become_others(store: Store, tmp_path):
    a_full_memory(store, tmp_path)
    path = exported(store, tmp_path / "all.zip")

    brought, again = import_archive(store, "grace", path), import_archive(store, "grace", path)

    [hit] = ask(store, "sailing", owner="grace").hits
    assert (brought.files, brought.jobs, brought.memories, brought.skipped) == (1, 1, 3, 0)
    assert (again.files, again.jobs, again.memories, again.skipped) == (0, 0, 0, 6)
    assert get_job(store, "grace", str(hit.memory.job_id)).inputs[0].id == hit.source.file_id
    assert ask(store, "sailing").hits[0].memory.id != hit.memory.id
    with store.database.read() as connection:
        owned = select(conversations.c.id).where(conversations.c.owner == "grace")
        cited = select(messages.c.citations).where(
            messages.c.conversation_id.in_(owned), messages.c.role == "assistant"
        )
        assert connection.execute(cited).scalar_one()[0]["file_id"] == hit.source.file_id


def test_short_text_that_lies_in_the_database_comes_along(sqlite_store: Store, elsewhere: Store, tmp_path):
    file = a_short_text(sqlite_store)

    import_archive(elsewhere, OWNER, exported(sqlite_store, tmp_path / "all.zip"))

    [came] = read_files(elsewhere, OWNER, [file.id])
    assert came.media_type == "text/plain"
    assert read_content(elsewhere, came) is None
    assert elsewhere.blobs.path(came.sha256).read_bytes() == b"a few words"


def test_what_is_not_finished_and_what_is_somebody_elses_stays_out(store: Store, tmp_path):
    a_job(store)
    a_claim(store, a_job(store))
    done, _ = a_finished_job(store), a_finished_job(store, "grace")
    recording = replace(a_file(store), grows_until=store.clock() + 60)
    with store.database.write() as connection:
        add_files(connection, [recording])

    path = exported(store, tmp_path / "all.zip")

    assert [line["id"] for line in lines_of(path, "jobs.jsonl")] == [done.id]
    assert lines_of(path, "files.jsonl") == []


def test_name_that_grew_when_it_was_composed_comes_along(sqlite_store: Store, elsewhere: Store, tmp_path):
    name = normalize("NFC", "\ufb2c" * NAME_CHARACTERS)
    file = text_file(sqlite_store, OWNER, Text(name, b"a few words"))
    with sqlite_store.database.write() as connection:
        add_files(connection, [file], {file.id: b"a few words"})
    remember(sqlite_store, passage(HARBOUR, 0), job=a_finished_job(sqlite_store), file=file)

    import_archive(elsewhere, OWNER, exported(sqlite_store, tmp_path / "all.zip"))

    [hit] = ask(elsewhere, "sailing").hits
    assert len(name) > NAME_CHARACTERS
    assert hit.source.title == name


def test_row_that_could_not_be_taken_back_is_written_as_it_is(store: Store, tmp_path):
    a_full_memory(store, tmp_path)
    with store.database.write() as connection:
        connection.execute(update(jobs).values(error={"odd": 1}, lane="side"))

    path = exported(store, tmp_path / "all.zip")

    [job] = lines_of(path, "jobs.jsonl")
    assert (job["error"], job["lane"], job["outputs"][0]["name"]) == ({"odd": 1}, "side", "made.txt")
    assert [len(lines_of(path, name)) for name in ("files.jsonl", "memories.jsonl", "messages.jsonl")] == [1, 3, 2]
    with pytest.raises(BadArchive, match=r"jobs\.jsonl"):
        import_archive(store, "grace", path)


def test_file_whose_bytes_are_gone_does_not_hold_up_the_rest(sqlite_store: Store, elsewhere: Store, tmp_path):
    file, _ = a_full_memory(sqlite_store, tmp_path)
    sqlite_store.blobs.remove(file.sha256)

    brought = import_archive(elsewhere, OWNER, exported(sqlite_store, tmp_path / "all.zip"))

    assert brought.files == 1
    assert not elsewhere.blobs.path(file.sha256).exists()


def test_empty_memory_is_an_archive_too(store: Store, tmp_path):
    brought = import_archive(store, OWNER, exported(store, tmp_path / "all.zip"))

    assert (brought.files, brought.jobs, brought.skipped) == (0, 0, 0)


def test_vectors_of_another_model_are_left_out_and_told(store: Store, tmp_path):
    a_full_memory(store, tmp_path)
    path = exported(store, tmp_path / "all.zip")
    empty(store)
    other = replace(vector(1, 0, 0).space, model="sundial")
    remember(store, passage("noon", 0, vector(1, 0, 0, space=other)))

    brought = import_archive(store, OWNER, path)

    assert brought.memories == 3
    assert "2 vectors of compass were left out" in brought.warnings[0]
    assert texts_of(ask(store, "", vector(1, 0, 0, space=other))) == ["noon"]


def test_memory_use_does_not_grow_with_a_file(sqlite_store: Store, tmp_path):
    blob = sqlite_store.blobs.keep(sqlite_store.blobs.receive([b"\1" * 1024 * 1024] * 48, 1 << 30))
    file = replace(a_file(sqlite_store), size_bytes=blob.size_bytes, sha256=blob.sha256)
    with sqlite_store.database.write() as connection:
        connection.execute(files.insert(), {column.name: getattr(file, column.name) for column in files.c})
    tracemalloc.start()

    sent = sum(len(chunk) for chunk in export_archive(sqlite_store, OWNER))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 48 * 1024 * 1024
    assert peak < 12 * 1024 * 1024


def rows_of(store: Store) -> list[object]:
    with store.database.read() as connection:
        tables = (files, jobs, memory_sources, memories, memory_makers, conversations, messages, message_files)
        return [sorted(map(repr, connection.execute(select(table)).all())) for table in tables]


def empty(store: Store) -> None:
    """Forget everything, the spaces too."""
    with store.database.write() as connection:
        for table in (conversations, memories, memory_sources, jobs, files):
            connection.execute(delete(table))
        nothing_compared(connection)
