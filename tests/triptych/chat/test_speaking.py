"""What is written to be read aloud is nobody's file for longer than the reply that it is of."""

import pytest
from support.chatting import a_conversation, ask, begin, succeed
from support.work import OWNER

from pipelines.catalogue import catalogue
from triptych.chat.conversations import delete_conversation
from triptych.chat.speaking import speak_reply
from triptych.jobs.owner import cancel, delete_job
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.uploads import list_owned


@pytest.fixture
def conversation(store):
    return a_conversation(store, speak=True)


@pytest.fixture
def spoken(store, conversation):
    """A question whose reply is to be read aloud."""
    posted = ask(store, conversation)
    claimed = begin(store, posted)
    speak_reply(store, claimed, "In 1871.", {"language": "en", "input": "plain"})
    succeed(store, claimed)
    return posted


def files(store):
    return [file.name for file in list_owned(store, OWNER, None, 10)]


def speech_of(store, posted):
    [speech] = list_jobs(store, OWNER, Filter(parent=posted.reply.job_id), 10)
    return speech


def test_text_that_is_read_aloud_goes_with_its_conversation(store, conversation, spoken):
    before = files(store)

    delete_conversation(store, OWNER, conversation.id)

    assert (before, files(store)) == (["reply.txt"], [])


def test_text_that_is_read_aloud_goes_with_the_job_of_its_reply(store, spoken):
    delete_job(store, OWNER, spoken.reply.job_id)

    assert files(store) == []


def test_text_that_is_read_aloud_goes_with_the_job_that_reads_it(store, spoken):
    speech = speech_of(store, spoken)
    cancel(store, OWNER, speech.id)

    delete_job(store, OWNER, speech.id)

    assert files(store) == []


def test_text_that_is_read_aloud_stays_for_another_job_that_its_owner_asked_for(store, conversation, spoken):
    [file] = speech_of(store, spoken).inputs
    submit(store, Submission(OWNER, catalogue()["text.keywords"], {}, [file.id]))

    delete_conversation(store, OWNER, conversation.id)

    assert files(store) == ["reply.txt"]
