"""Jobs come with what they made, with their families, and with what was remembered of them."""

from sqlalchemy import delete, select
from support.archives import HARBOUR, a_full_memory, exported
from support.remembering import a_finished_job, ask, passage, remember, texts_of
from support.work import COUNTING, OWNER, a_claim, fail, succeed

from pipelines.catalogue import catalogue
from pipelines.chat.reply import REPLY
from triptych.chat.tables import conversations, messages
from triptych.jobs.job import Job
from triptych.jobs.owner import delete_job
from triptych.jobs.reading import get_job, list_parts
from triptych.jobs.remembering import INDEX, INDEX_CHILD
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.tables import jobs
from triptych.memory.archive.bringing import import_archive
from triptych.store import Store


def jobs_of(store: Store, owner: str) -> list[Job]:
    with store.database.read() as connection:
        return [Job.of(row) for row in connection.execute(select(jobs).where(jobs.c.owner == owner))]


def test_jobs_come_with_what_they_made(sqlite_store: Store, elsewhere: Store, tmp_path):
    file, job = a_full_memory(sqlite_store, tmp_path)

    import_archive(elsewhere, OWNER, exported(sqlite_store, tmp_path / "all.zip"))

    came = get_job(elsewhere, OWNER, job.id)
    assert (came.state, came.result, came.inputs) == ("succeeded", {"answer": 42}, (file,))
    assert [part.body for part in list_parts(elsewhere, OWNER, job.id, 0, 9)] == [{"text": "ships"}]
    assert [output.name for output in came.outputs] == ["made.txt"]
    assert elsewhere.blobs.path(came.outputs[0].sha256).read_bytes() == b"what was made"
    assert elsewhere.blobs.path(file.sha256).read_bytes() == b"hello"


def test_jobs_that_others_asked_for_stay_their_children(sqlite_store: Store, elsewhere: Store, tmp_path):
    parent = a_finished_job(sqlite_store)
    asked = Submission(OWNER, COUNTING, {}, parent_id=parent.id, child=0)
    succeed(sqlite_store, a_claim(sqlite_store, submit(sqlite_store, asked)))

    brought = import_archive(elsewhere, OWNER, exported(sqlite_store, tmp_path / "all.zip"))

    assert brought.jobs == 2
    assert get_job(elsewhere, OWNER, asked.id).parent_id == parent.id


def test_jobs_of_the_house_name_what_others_ids_became(store: Store, tmp_path):
    _, job = a_full_memory(store, tmp_path)
    index = Submission(OWNER, catalogue()[INDEX], {"job": job.id}, parent_id=job.id, child=INDEX_CHILD)
    succeed(store, a_claim(store, submit(store, index)))
    with store.database.read() as connection:
        talk, reply = connection.execute(
            select(messages.c.conversation_id, messages.c.id).where(messages.c.role == "assistant")
        ).one()
    replying = Submission(OWNER, catalogue()[REPLY], {"conversation": talk, "reply": reply}, remember=False)
    fail(store, a_claim(store, submit(store, replying)))

    import_archive(store, "grace", exported(store, tmp_path / "all.zip"))

    came = {one.pipeline: one for one in jobs_of(store, "grace")}
    with store.database.read() as connection:
        its = select(messages.c.conversation_id, messages.c.id).join(conversations)
        its = its.where(conversations.c.owner == "grace", messages.c.role == "assistant")
        talk, reply = connection.execute(its).one()
    assert came[INDEX].params == {"job": came[COUNTING.name].id}
    assert came[INDEX].parent_id == came[COUNTING.name].id != job.id
    assert came[REPLY].params == {"conversation": talk, "reply": reply}


def test_deleted_job_is_brought_back_with_its_memories(store: Store, tmp_path):
    _, job = a_full_memory(store, tmp_path)
    path = exported(store, tmp_path / "all.zip")
    with store.database.write() as connection:
        connection.execute(delete(jobs).where(jobs.c.id == job.id))
    forgotten = ask(store, "sailing").hits

    brought = import_archive(store, OWNER, path)

    assert forgotten == []
    assert (brought.jobs, brought.memories, brought.skipped) == (1, 3, 2)
    assert texts_of(ask(store, "sailing")) == [HARBOUR]


def test_job_that_is_brought_back_makes_what_others_made_meanwhile_too(store: Store, tmp_path):
    file, job = a_full_memory(store, tmp_path)
    path = exported(store, tmp_path / "all.zip")
    other = remember(store, passage(HARBOUR, 0), file=file)
    delete_job(store, OWNER, job.id)

    import_archive(store, OWNER, path)
    delete_job(store, OWNER, other.id)

    assert texts_of(ask(store, "sailing")) == [HARBOUR]
