"""An archive that tells of what does not fit together, or of what is somebody else's, gets nowhere with it."""

import json
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from support.archives import BEES, HARBOUR, a_full_memory, exported, lines_of, rewritten
from support.rebuilding import nothing_compared
from support.remembering import a_kept_file, ask, passage, remember, texts_of
from support.work import OWNER, a_job

from triptych.chat.tables import conversations, messages
from triptych.jobs.owner import UnknownJob, delete_job, retry
from triptych.jobs.reading import get_job
from triptych.memory.archive.bringing import import_archive
from triptych.memory.archive.format import BadArchive
from triptych.memory.spaces import spaces
from triptych.memory.tables import memories
from triptych.memory.values import SpaceState
from triptych.store import Store
from triptych.uploads import read_files

BY = "mallory"


def told(lines: list[dict[str, object]]) -> bytes:
    """The lines as an entry has them."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_job_that_is_its_own_parent_comes_as_nobodys_child(store: Store, tmp_path):
    _, job = a_full_memory(store, tmp_path)
    path = exported(store, tmp_path / "all.zip")
    delete_job(store, OWNER, job.id)
    [line] = lines_of(path, "jobs.jsonl")

    import_archive(store, OWNER, rewritten(path, {"jobs.jsonl": told([line | {"parent_id": job.id, "child": 0}])}))

    assert get_job(store, OWNER, job.id).parent_id is None
    delete_job(store, OWNER, job.id)
    with pytest.raises(UnknownJob):
        get_job(store, OWNER, job.id)


def test_content_that_is_told_to_be_missing_is_not_somebody_elses(store: Store, tmp_path):
    a_full_memory(store, tmp_path, BY)
    theirs = a_kept_file(store)
    path = exported(store, tmp_path / "all.zip", BY)
    [line, *others] = lines_of(path, "files.jsonl")
    stolen = line | {"id": "01a21e00-0000-7000-8000-000000000001", "sha256": theirs.sha256, "media_type": "text/html"}
    entries = {"files.jsonl": told([line, *others, stolen]), f"contents/{theirs.sha256}": None}
    path = rewritten(path, entries)
    with ZipFile(path) as file:
        manifest = json.loads(file.read("manifest.json"))
    path = rewritten(path, {"manifest.json": json.dumps(manifest | {"missing": [theirs.sha256]}).encode()})

    import_archive(store, BY, path)

    [came] = read_files(store, BY, [str(stolen["id"])])
    assert not store.blobs.path(came.sha256).exists()


def test_message_cannot_follow_one_of_another_conversation(store: Store, tmp_path):
    a_full_memory(store, tmp_path)
    with store.database.read() as connection:
        secret = connection.execute(select(messages.c.id).where(messages.c.role == "user")).scalar_one()
    a_full_memory(store, tmp_path, BY)
    path = exported(store, tmp_path / "all.zip", BY)
    lines = lines_of(path, "messages.jsonl")
    with store.database.write() as connection:
        connection.execute(conversations.delete().where(conversations.c.owner == BY))

    with pytest.raises(BadArchive, match="none of its conversation"):
        import_archive(
            store, BY, rewritten(path, {"messages.jsonl": told([line | {"parent_id": secret} for line in lines])})
        )


def test_memory_that_stands_there_twice_is_refused(store: Store, tmp_path):
    a_full_memory(store, tmp_path, BY)
    path = exported(store, tmp_path / "all.zip", BY)
    lines = lines_of(path, "memories.jsonl")

    with pytest.raises(BadArchive, match=r"memories.jsonl, line 4: the id \S+ stands there twice"):
        import_archive(store, OWNER, rewritten(path, {"memories.jsonl": told([*lines, lines[0]])}))


def test_memory_that_an_archive_made_up_is_not_where_another_owners_comes(store: Store, tmp_path):
    file, job = a_full_memory(store, tmp_path)
    path = exported(store, tmp_path / "all.zip")
    before = texts_of(ask(store))
    delete_job(store, OWNER, job.id)
    import_archive(store, BY, path)

    remember(store, passage(HARBOUR, 0), passage(BEES, 40), file=file)

    assert sorted(texts_of(ask(store))) == sorted([HARBOUR, BEES])
    assert sorted(texts_of(ask(store, owner=BY))) == sorted(before)


def test_memory_whose_id_an_archive_took_is_kept_once_however_often_it_is_made(store: Store, tmp_path):
    file, job = a_full_memory(store, tmp_path)
    path = exported(store, tmp_path / "all.zip")
    delete_job(store, OWNER, job.id)
    import_archive(store, BY, path)

    for _ in range(2):
        remember(store, passage(HARBOUR, 0), passage(BEES, 40), file=file)

    with store.database.read() as connection:
        kept = connection.execute(select(memories.c.text).where(memories.c.owner == OWNER)).scalars().all()
    assert sorted(kept) == sorted([HARBOUR, BEES])


def test_job_that_never_ran_is_followed_by_none(store: Store, tmp_path):
    a_full_memory(store, tmp_path, BY)
    path = exported(store, tmp_path / "all.zip", BY)
    [line] = lines_of(path, "jobs.jsonl")
    parent, index = (f"01a21e00-0000-7000-8000-00000000000{n}" for n in (1, 2))
    alone = line | {"inputs": [], "outputs": []}
    never = alone | {"id": parent, "state": "cancelled", "attempt": 0}
    follows = {"id": index, "pipeline": "memory.index", "params": {"job": parent}, "parent_id": parent, "child": -1}

    with pytest.raises(BadArchive, match="follows one that never ran"):
        import_archive(store, OWNER, rewritten(path, {"jobs.jsonl": told([line, never, alone | follows])}))


def test_job_comes_as_no_child_of_one_that_was_there_before(store: Store, tmp_path):
    a_full_memory(store, tmp_path, BY)
    path = exported(store, tmp_path / "all.zip", BY)
    [line] = lines_of(path, "jobs.jsonl")
    at_work = a_job(store)
    planted = line | {"id": "01a21e00-0000-7000-8000-000000000001", "inputs": [], "outputs": []}
    planted |= {"parent_id": at_work.id, "child": 0}

    import_archive(store, OWNER, rewritten(path, {"jobs.jsonl": told([line, planted])}))

    assert get_job(store, OWNER, str(planted["id"])).parent_id is None


def test_messages_that_follow_one_another_in_a_circle_are_refused(store: Store, tmp_path):
    a_full_memory(store, tmp_path, BY)
    path = exported(store, tmp_path / "all.zip", BY)
    reply, asked = sorted(lines_of(path, "messages.jsonl"), key=lambda line: str(line["role"]))
    talk = lines_of(path, "conversations.jsonl")[0] | {"id": "01a21e00-0000-7000-8000-000000000001"}
    ids = {"conversation_id": talk["id"]}
    circle = [asked | ids | {"parent_id": reply["id"]}, reply | ids]
    with store.database.write() as connection:
        connection.execute(conversations.delete().where(conversations.c.owner == BY))

    with pytest.raises(BadArchive, match="follows others in a circle"):
        import_archive(
            store, BY, rewritten(path, {"conversations.jsonl": told([talk]), "messages.jsonl": told(circle)})
        )


def test_space_is_opened_by_no_archive(store: Store, tmp_path):
    a_full_memory(store, tmp_path, BY)
    path = exported(store, tmp_path / "all.zip", BY)
    lines = [line | {"model": "all-MiniLM-L6-v2"} for line in lines_of(path, "vectors.jsonl")]
    with store.database.write() as connection:
        nothing_compared(connection)

    brought = import_archive(store, OWNER, rewritten(path, {"vectors.jsonl": told(lines)}))

    assert {stored.state for stored in spaces(store)} == {SpaceState.RETIRED}
    assert brought.warnings == [
        "3 vectors of all-MiniLM-L6-v2 were left out, which is not searched here: memory.reindex makes others"
    ]
    assert texts_of(ask(store, "sailing")) == [HARBOUR]


def test_job_that_came_in_an_archive_can_be_done_again(store: Store, tmp_path):
    _, job = a_full_memory(store, tmp_path)
    path = exported(store, tmp_path / "all.zip")
    delete_job(store, OWNER, job.id)
    import_archive(store, OWNER, path)

    retry(store, OWNER, job.id)

    assert get_job(store, OWNER, job.id).state == "queued"
