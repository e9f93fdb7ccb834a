"""What a reply rests on may be deleted while it is being written, and after: what it said of it stays, told as gone."""

import threading

import pytest
from support.answer_servers import LONGEST_S, Script, serving
from support.chatting import a_conversation, a_stored_file, ask, messages_of
from support.executing import run_all
from support.remembering import passage, remember
from support.stores import with_settings
from support.until import until
from support.work import OWNER

from pipelines.catalogue import catalogue
from triptych.chat.conversations import delete_conversation
from triptych.chat.posting import ask_anew
from triptych.chat.tables import messages
from triptych.files import FileInUse
from triptych.jobs.owner import cancel, delete_job
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.uploads import list_owned, remove_file
from workers.tally import Outcome

REPLY = catalogue()["chat.reply"]
HARBOUR = "The harbour of Ardal opened in 1871."


@pytest.fixture
def conversation(store):
    return a_conversation(store)


@pytest.fixture
def reply_to(store):
    """A function that has the posted question answered by ``pieces``, before the last of which something happens."""

    def run(posted, *pieces, meanwhile=lambda: None):
        with serving(Script(pieces, meanwhile=meanwhile)) as script:
            configured = with_settings(store, answer_url=script.url, answer_model="tiny-chat")
            return run_all(configured, [get_job(store, OWNER, posted.reply.job_id)], REPLY)

    return run


def cited(store, conversation):
    return [(one["text"], one["gone"]) for one in messages_of(store, conversation)[-1].citations]


def test_memory_whose_job_and_file_are_deleted_while_it_is_cited_is_told_as_gone(store, conversation, reply_to):
    job = remember(store, passage(HARBOUR))
    posted = ask(store, conversation, "When did the harbour of Ardal open?")

    outcomes = reply_to(
        posted, "In ", "1871 [1].", meanwhile=lambda: delete_job(store, OWNER, job.id, with_inputs=True)
    )

    reply = messages_of(store, conversation)[-1]
    assert (outcomes, reply.text, reply.state) == ([Outcome.SUCCEEDED], "In 1871 [1].", JobState.SUCCEEDED)
    assert cited(store, conversation) == [(HARBOUR, True)]


def test_memory_whose_job_and_file_are_deleted_afterwards_is_told_as_gone_from_then_on(store, conversation, reply_to):
    job = remember(store, passage(HARBOUR))
    reply_to(ask(store, conversation, "When did the harbour of Ardal open?"), "In 1871 [1].")
    before = cited(store, conversation)

    delete_job(store, OWNER, job.id, with_inputs=True)

    assert (before, cited(store, conversation)) == ([(HARBOUR, False)], [(HARBOUR, True)])


def test_stopped_reply_cites_what_is_gone_too(store, conversation, reply_to):
    job = remember(store, passage(HARBOUR))
    posted = ask(store, conversation, "When did the harbour of Ardal open?")

    def delete_and_stop():
        until(lambda: messages_of(store, conversation)[-1].text)
        delete_job(store, OWNER, job.id, with_inputs=True)
        cancel(store, OWNER, posted.reply.job_id)

    outcomes = reply_to(posted, "In 1871 [1], ", "and", meanwhile=delete_and_stop)

    assert outcomes == [Outcome.DROPPED]
    assert messages_of(store, conversation)[-1].state is JobState.CANCELLED
    assert cited(store, conversation) == [(HARBOUR, True)]


def test_attached_file_stays_while_the_reply_is_written_and_may_go_afterwards(store, conversation, reply_to):
    file = a_stored_file(store, HARBOUR.encode())
    refused = []

    def delete_it():
        with pytest.raises(FileInUse):
            remove_file(store, OWNER, file.id)
        refused.append(file.id)

    reply_to(ask(store, conversation, "When did it open?", [file]), "In ", "1871 [1].", meanwhile=delete_it)
    before = cited(store, conversation)
    remove_file(store, OWNER, file.id)

    assert refused == [file.id]
    assert (before, cited(store, conversation)) == ([(HARBOUR, False)], [(HARBOUR, True)])
    assert list_owned(store, OWNER, None, 10) == []


def test_question_whose_file_is_deleted_is_answered_anew_without_it(store, conversation, reply_to):
    file = a_stored_file(store, HARBOUR.encode())
    first = ask(store, conversation, "When did it open?", [file])
    reply_to(first, "In 1871 [1].")
    remove_file(store, OWNER, file.id)

    outcomes = reply_to(ask_anew(store, OWNER, conversation.id, first.reply.id), "I do not know [1].")

    assert outcomes == [Outcome.SUCCEEDED]
    assert cited(store, conversation) == []


def test_conversation_that_is_deleted_while_its_reply_is_written_leaves_nothing(store, conversation, reply_to):
    posted = ask(store, conversation)
    done = threading.Event()

    def delete_it():
        delete_conversation(store, OWNER, conversation.id)
        done.set()

    outcomes = reply_to(posted, "In ", "1871.", meanwhile=delete_it)

    assert done.wait(LONGEST_S)
    assert outcomes == [Outcome.DROPPED]
    with store.database.read() as connection:
        assert connection.execute(messages.select()).all() == []
