"""A worker writes replies: from the question that was posted to the message that stays."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from support.answer_servers import Script, serving
from support.chatting import a_conversation, a_stored_file, ask, messages_of
from support.executing import run_all
from support.stores import with_settings
from support.work import OWNER, a_file

from pipelines.catalogue import catalogue
from pipelines.contract import EngineUsed, Part, PartKind, Result
from pipelines.dialogue import documents
from triptych.chat.conversations import get_conversation
from triptych.chat.values import Recall
from triptych.files import add_files
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs
from triptych.uploads import remove_file
from workers.tally import Outcome

REPLY = catalogue()["chat.reply"]
READING = catalogue()["text.read"]


def _say_the_same(_sources, _params, _context):
    """Hear always the same: what a real transcriber hears is its own tests' affair."""
    yield Part(PartKind.SEGMENT, {"text": "When did it open?", "start_s": 0.0, "end_s": 1.5})
    return Result({"language": "en"}, EngineUsed("by hand", "none"))


HEARING = replace(catalogue()["audio.transcribe"], function=_say_the_same, made_by=None)


@pytest.fixture
def run(store):
    """Run the reply that was posted, with the server that answers by ``script``."""

    def by(posted, script):
        configured = with_settings(store, answer_url=script.url, answer_model="tiny-chat")
        return run_all(configured, [get_job(store, OWNER, posted.reply.job_id)], REPLY, HEARING, READING)

    return by


def test_posted_question_becomes_a_written_reply_and_a_title(store, run):
    conversation = a_conversation(store)
    posted = ask(store, conversation, "Who keeps bees?", [a_stored_file(store, b"Bee keepers keep bees.")])

    with serving(Script(["Bee ", "keepers [1]."])) as script:
        outcomes = run(posted, script)

    reply = messages_of(store, conversation)[-1]
    assert outcomes == [Outcome.SUCCEEDED]
    assert (reply.text, reply.state, reply.engine["model"]) == ("Bee keepers [1].", JobState.SUCCEEDED, "tiny-chat")
    assert [(one["title"], one["text"], one["gone"]) for one in reply.citations] == [
        ("hello.txt", "Bee keepers keep bees.", False)
    ]
    assert get_conversation(store, OWNER, conversation.id).title == "Bee keepers [1]"


def test_reply_whose_server_dies_is_tried_again_and_keeps_what_had_come(store, run):
    conversation = a_conversation(store)
    posted = ask(store, conversation)

    with serving(Script(["Bee ", "keep"], dies_after=2)) as script:
        outcomes = run(posted, script)

    reply = messages_of(store, conversation)[-1]
    assert outcomes == [Outcome.AGAIN]
    assert (reply.text, reply.state) == ("Bee keep", JobState.QUEUED)


def test_reply_without_a_server_says_what_is_missing(store):
    conversation = a_conversation(store)
    posted = ask(store, conversation)

    run_all(store, [get_job(store, OWNER, posted.reply.job_id)], REPLY)

    reply = messages_of(store, conversation)[-1]
    assert reply.state is JobState.SUCCEEDED
    assert "no language model is configured" in reply.text


def test_reply_that_is_to_be_heard_asks_for_a_speech_of_it(store, run):
    conversation = a_conversation(store, speak=True)
    posted = ask(store, conversation)

    with serving(Script(["The bee keepers do it."])) as script:
        run(posted, script)
    [speech] = [job for job in _children(store, posted) if job.pipeline == "audio.speak"]
    run_all(store, [get_job(store, OWNER, speech.id)], catalogue()["audio.speak"])

    reply = messages_of(store, conversation)[-1]
    assert reply.speech is not None
    assert (reply.speech.job_id, reply.speech.name) == (speech.id, "speech.mp3")


def test_spoken_question_is_heard_by_another_job_and_answered_when_that_has_ended(store, run):
    conversation = a_conversation(store)
    posted = ask(store, conversation, "", [_a_recording(store)])

    with serving(Script(["In 1871."])) as script:
        first = run(posted, script)
        [hearing] = _children(store, posted)
        run_all(store, [get_job(store, OWNER, hearing.id)], HEARING)
        second = run(posted, script)

    question, reply = messages_of(store, conversation)
    assert (first, second) == ([Outcome.AGAIN], [Outcome.SUCCEEDED])
    assert (question.text, reply.text) == ("When did it open?", "In 1871.")


def test_what_is_heard_for_a_reply_is_remembered_and_the_reply_is_not(store, run):
    posted = ask(store, a_conversation(store), "", [_a_recording(store)])

    with serving(Script(["In 1871."])) as script:
        run(posted, script)

    [hearing] = _children(store, posted)
    with store.database.read() as connection:
        reply = connection.execute(select(jobs).where(jobs.c.id == posted.reply.job_id)).one()
    assert (hearing.remember, reply.remember) == (True, False)


def test_what_is_heard_in_a_conversation_without_a_memory_is_not_remembered(store, run):
    posted = ask(store, a_conversation(store, memory=Recall.NEVER), "", [_a_recording(store)])

    with serving(Script(["In 1871."])) as script:
        run(posted, script)

    [hearing] = _children(store, posted)
    assert hearing.remember is False


def test_long_document_is_read_once_for_all_questions_about_it(store, run, monkeypatch):
    monkeypatch.setattr(documents, "LONG_BYTES", 1000)  # longer ones take the time that they are compared in
    conversation = a_conversation(store)
    book = a_stored_file(store, b"The harbour of Ardal opened in 1871. " * 100)
    with serving(Script(["In 1871 [1]."])) as script:
        first = ask(store, conversation, "When did it open?", [book])
        run(first, script)
        [reading] = _children(store, first)
        run_all(store, [get_job(store, OWNER, reading.id)], READING)
        run(first, script)
        second = ask(store, conversation, "And what opened?")
        outcomes = run(second, script)

    assert outcomes == [Outcome.SUCCEEDED]
    assert _children(store, second) == []
    assert [one["file_id"] for one in messages_of(store, conversation)[-1].citations] == [book.id]


def test_what_was_heard_for_one_reply_serves_the_next(store, run):
    conversation = a_conversation(store)
    with serving(Script(["In 1871 [1]."])) as script:
        first = ask(store, conversation, "What is said?", [_a_recording(store)])
        run(first, script)
        [hearing] = _children(store, first)
        run_all(store, [get_job(store, OWNER, hearing.id)], HEARING)
        run(first, script)
        second = ask(store, conversation, "And when?")
        outcomes = run(second, script)

    assert outcomes == [Outcome.SUCCEEDED]
    assert _children(store, second) == []
    assert messages_of(store, conversation)[-1].citations[0]["job_id"] == hearing.id


def test_deleted_recording_takes_what_was_heard_in_it(store, run):
    conversation = a_conversation(store)
    file = _a_recording(store)
    posted = ask(store, conversation, "What is said?", [file])
    with serving(Script(["Something [1]."])) as script:
        run(posted, script)
        [hearing] = _children(store, posted)
        run_all(store, [get_job(store, OWNER, hearing.id)], HEARING)
        run(posted, script)

    remove_file(store, OWNER, file.id)

    question, reply = messages_of(store, conversation)
    assert _children(store, posted) == []
    assert question.files[0].file_id is None
    assert [(one["text"], one["gone"]) for one in reply.citations] == [("When did it open?", True)]


def _a_recording(store):
    file = replace(a_file(store, b"RIFF"), name="question.wav", media_type="audio/wav")
    with store.database.write() as connection:
        add_files(connection, [file])
    return file


def _children(store, posted):
    with store.database.read() as connection:
        return connection.execute(select(jobs).where(jobs.c.parent_id == posted.reply.job_id)).all()
