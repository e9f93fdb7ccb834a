"""A question, its reply and the reply's job are accepted together, behind the branch that is meant."""

from dataclasses import replace

import pytest
from support.chatting import a_conversation, a_stored_file, answered, ask, begin, messages_of, succeed
from support.stores import with_settings
from support.work import OWNER, a_file, story

from triptych.chat.branches import UnknownMessage
from triptych.chat.conversations import UnknownConversation
from triptych.chat.posting import ReplyUnfinished, ask_anew, edit_message, post_message
from triptych.chat.values import Recall
from triptych.chat.writing import BadTurn, Draft
from triptych.files import UnknownFile, add_files
from triptych.jobs.quotas import QuotaExceeded
from triptych.jobs.reading import Filter, get_job, list_jobs
from triptych.jobs.states import JobState, Priority
from triptych.jobs.submission import WrongMedia


def test_question_comes_with_its_reply_and_the_replys_job(store):
    conversation = a_conversation(store)

    posted = ask(store, conversation, "When did it open?")

    question, reply = messages_of(store, conversation)
    job = get_job(store, OWNER, posted.reply.job_id)
    assert (question.text, question.role, question.parent_id) == ("When did it open?", "user", None)
    assert (reply.role, reply.parent_id, reply.state, reply.text) == ("assistant", question.id, JobState.QUEUED, "")
    assert (job.pipeline, job.lane, job.priority) == ("chat.reply", "net", Priority.INTERACTIVE)
    assert job.params == {"conversation": conversation.id, "reply": reply.id, "memory": True}
    assert story(store, job) == ["job.queued"]


def test_refused_job_leaves_no_message(store):
    conversation = a_conversation(store)
    crowded = with_settings(store, quota_queued=1)
    ask(crowded, conversation)

    with pytest.raises(QuotaExceeded):
        ask(crowded, a_conversation(store))

    assert len(messages_of(store, conversation)) == 2
    assert len(list_jobs(store, OWNER, Filter(pipeline="chat.reply"), 10)) == 1


def test_replies_are_not_among_the_jobs_unless_they_are_asked_for(store):
    ask(store, a_conversation(store))

    assert list_jobs(store, OWNER, Filter(), 10) == []
    assert len(list_jobs(store, OWNER, Filter(pipeline="chat.reply"), 10)) == 1


def test_question_follows_the_newest_branch(store):
    conversation = a_conversation(store)
    first = answered(store, conversation, "first")
    second = answered(store, conversation, "second")
    again = ask_anew(store, OWNER, conversation.id, first.reply.id)
    succeed(store, begin(store, again))

    third = ask(store, conversation, "third")

    assert second.message.parent_id == first.reply.id
    assert third.message.parent_id == again.reply.id


def test_question_follows_the_reply_that_is_named(store):
    conversation = a_conversation(store)
    first = answered(store, conversation, "first")
    answered(store, conversation, "second")

    beside = ask(store, conversation, "beside", parent_id=first.reply.id)

    assert beside.message.parent_id == first.reply.id


def test_reply_that_is_being_written_is_not_followed(store):
    conversation = a_conversation(store)
    ask(store, conversation)

    with pytest.raises(ReplyUnfinished, match="queued"):
        ask(store, conversation)


def test_reply_follows_a_question_and_a_question_a_reply(store):
    conversation = a_conversation(store)
    posted = answered(store, conversation)

    with pytest.raises(BadTurn, match="is a question"):
        ask(store, conversation, parent_id=posted.message.id)


def test_message_of_another_conversation_is_not_followed(store):
    elsewhere = answered(store, a_conversation(store))

    with pytest.raises(UnknownMessage):
        ask(store, a_conversation(store), parent_id=elsewhere.reply.id)


def test_somebody_elses_conversation_is_unknown(store):
    conversation = a_conversation(store, "bob")

    with pytest.raises(UnknownConversation):
        post_message(store, OWNER, conversation.id, Draft("Hello"), None)


def test_edit_stands_beside_the_question_with_its_files(store):
    conversation = a_conversation(store)
    file = a_stored_file(store)
    first = answered(store, conversation, "first", files=[file])

    edited = edit_message(store, OWNER, conversation.id, first.message.id, Draft("better"), keep_files=True)

    assert edited.message.parent_id == first.message.parent_id
    assert [attached.file_id for attached in edited.message.files] == [file.id]
    assert [message.text for message in messages_of(store, conversation) if message.role == "user"] == [
        "first",
        "better",
    ]


@pytest.mark.parametrize("kept", [[0], [1, 0], [0, 1, 2], []], ids=["removed", "turned", "added", "none"])
def test_edit_with_other_files_has_those_alone(store, kept):
    conversation = a_conversation(store)
    files = [a_stored_file(store, content) for content in (b"one", b"two", b"three")]
    first = answered(store, conversation, "first", files=files[:2])
    wanted = [files[number].id for number in kept]

    edited = edit_message(store, OWNER, conversation.id, first.message.id, Draft("better", wanted), keep_files=False)

    question = next(one for one in messages_of(store, conversation) if one.id == edited.message.id)
    assert [attached.file_id for attached in question.files] == wanted
    assert [file.id for file in get_job(store, OWNER, edited.reply.job_id).inputs] == wanted


def test_reply_is_not_edited(store):
    conversation = a_conversation(store)
    first = answered(store, conversation)

    with pytest.raises(BadTurn, match="is a reply"):
        edit_message(store, OWNER, conversation.id, first.reply.id, Draft("better"), keep_files=True)


def test_job_of_a_reply_has_the_files_of_its_branch_alone(store):
    conversation = a_conversation(store)
    first, second, other = (a_stored_file(store, content) for content in (b"one", b"two", b"three"))
    begun = answered(store, conversation, files=[first])
    answered(store, conversation, files=[other])

    posted = ask(store, conversation, files=[second], parent_id=begun.reply.id)

    assert [file.id for file in get_job(store, OWNER, posted.reply.job_id).inputs] == [first.id, second.id]


def test_file_of_somebody_else_is_unknown(store):
    file = a_stored_file(store, owner="bob")

    with pytest.raises(UnknownFile):
        ask(store, a_conversation(store), files=[file])


def test_empty_question_is_refused(store):
    with pytest.raises(BadTurn, match="the question is empty"):
        ask(store, a_conversation(store), " \n", files=[a_stored_file(store)])


@pytest.mark.parametrize(
    ("setting", "wish", "asked"),
    [
        ("always", None, True),
        ("always", False, False),
        ("asked", None, False),
        ("asked", True, True),
        ("never", True, False),
    ],
)
def test_memory_is_asked_as_the_conversation_and_the_message_say(sqlite_store, setting, wish, asked):
    conversation = a_conversation(sqlite_store, memory=Recall(setting))

    posted = post_message(sqlite_store, OWNER, conversation.id, Draft("When?", memory=wish), None)

    assert get_job(sqlite_store, OWNER, posted.reply.job_id).params["memory"] is asked


def test_file_that_no_reply_can_use_is_refused(sqlite_store):
    file = replace(a_file(sqlite_store), media_type="application/vnd.triptych.recording")
    with sqlite_store.database.write() as connection:
        add_files(connection, [file])

    with pytest.raises(WrongMedia):
        ask(sqlite_store, a_conversation(sqlite_store), files=[file])
