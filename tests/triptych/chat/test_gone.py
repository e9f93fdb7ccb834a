"""What replies cite is told with what is left of it: a memory, its file, the job that found it."""

import pytest
from support.chatting import CITED, a_conversation, ask, begin, messages_of, succeed
from support.remembering import a_finished_job, a_kept_file, passage, remember
from support.work import OWNER

from api.links import link_to_cited
from triptych.files import delete_file
from triptych.jobs.owner import delete_job
from triptych.memory.marks import add_note, delete_note
from triptych.memory.search import search
from triptych.memory.values import Question


@pytest.fixture
def cite(store):
    """Have a reply cite something, and return a function that tells how the citation stands."""

    def reply_with(**ids):
        conversation = a_conversation(store)
        succeed(store, begin(store, ask(store, conversation)), citations=[{**CITED, **ids}])
        return lambda: messages_of(store, conversation)[-1].citations[0]

    return reply_with


def test_forgotten_memory_opens_in_its_file_until_that_is_gone(store, cite):
    file = a_kept_file(store)
    job = a_finished_job(store, files=[file])
    remember(store, passage("the mill"), job=job, file=file)
    [hit] = search(store, OWNER, Question("mill")).hits
    told = cite(memory_id=hit.memory.id, file_id=file.id, job_id=job.id, place={"start": 0, "end": 8})
    before = told()

    delete_job(store, OWNER, job.id)
    forgotten = told()
    with store.database.write() as connection:
        delete_file(connection, OWNER, file.id)
    gone = told()

    assert (before["gone"], before["memory_id"], before["job_id"]) == (False, hit.memory.id, job.id)
    assert (forgotten["gone"], forgotten["memory_id"], forgotten["job_id"]) == (False, None, None)
    assert link_to_cited(forgotten) == f"/files/{file.id}?from=0&to=8"
    assert (gone["gone"], gone["text"], link_to_cited(gone)) == (True, CITED["text"], None)


def test_what_a_deleted_job_heard_opens_in_the_recording_at_its_second(store, cite):
    file = a_kept_file(store)
    job = a_finished_job(store, files=[file])
    told = cite(kind="segment", file_id=file.id, job_id=job.id, place={"start_s": 61, "end_s": 65})
    before = link_to_cited(told())

    delete_job(store, OWNER, job.id)

    assert before == f"/jobs/{job.id}?t=61"
    assert link_to_cited(told()) == f"/files/{file.id}?t=61"


def test_deleted_note_is_gone_though_the_file_it_was_written_at_stays(store, cite):
    file = a_kept_file(store)
    remember(store, passage("the mill"), file=file)
    [hit] = search(store, OWNER, Question("mill")).hits
    note = add_note(store, OWNER, hit.source.id, "Ask Ada about the wheel.")
    told = cite(memory_id=note.id, file_id=file.id, kind="note", place={})
    before = told()

    delete_note(store, OWNER, note.id)

    assert (before["gone"], link_to_cited(before)) == (False, f"/memory/{note.id}")
    assert (told()["gone"], link_to_cited(told())) == (True, None)


def test_what_is_somebody_elses_is_not_there(store, cite):
    file = a_kept_file(store, owner="somebody else")

    told = cite(file_id=file.id)()

    assert (told["gone"], told["file_id"]) == (True, None)
