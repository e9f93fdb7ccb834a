"""A question that a flaky network brings twice is asked once."""

import threading

import pytest
from sqlalchemy import insert, select, update
from support.chatting import a_conversation, answered, ask, begin, messages_of, succeed
from support.stores import with_settings
from support.work import OWNER

from triptych.chat.conversations import delete_conversation
from triptych.chat.posting import ask_anew, edit_message, post_message
from triptych.chat.tables import messages
from triptych.chat.writing import Draft
from triptych.jobs.states import JobState
from triptych.jobs.submission import Idempotency, IdempotencyMismatch

ONCE = Idempotency("key", "when?")
WHEN = Draft("When?")


@pytest.fixture
def conversation(store):
    return a_conversation(store)


def test_repeat_answers_what_the_first_one_asked(store, conversation):
    first = post_message(store, OWNER, conversation.id, WHEN, None, ONCE)

    again = post_message(store, OWNER, conversation.id, WHEN, None, ONCE)

    assert (again.message.id, again.reply.id, again.reply.job_id) == (
        first.message.id,
        first.reply.id,
        first.reply.job_id,
    )
    assert len(messages_of(store, conversation)) == 2


def test_repeat_behind_the_end_tells_the_reply_as_it_is(store, conversation):
    succeed(store, begin(store, post_message(store, OWNER, conversation.id, WHEN, None, ONCE)), "In 1871.", [])

    again = post_message(store, OWNER, conversation.id, WHEN, None, ONCE)

    assert (again.reply.state, again.reply.text) == (JobState.SUCCEEDED, "In 1871.")


def test_same_key_for_another_question_is_refused(store, conversation):
    post_message(store, OWNER, conversation.id, WHEN, None, ONCE)

    with pytest.raises(IdempotencyMismatch):
        post_message(store, OWNER, conversation.id, Draft("Where?"), None, Idempotency("key", "where?"))
    assert len(messages_of(store, conversation)) == 2


def test_two_people_may_use_the_same_key(store, conversation):
    theirs = a_conversation(store, "bob")

    post_message(store, OWNER, conversation.id, WHEN, None, ONCE)
    post_message(store, "bob", theirs.id, WHEN, None, ONCE)

    assert len(messages_of(store, theirs)) == 2


def test_repeated_edit_and_regeneration_make_one_branch_each(store, conversation):
    first = answered(store, conversation)
    edit, anew = Idempotency("edit", "e"), Idempotency("anew", "a")

    for _ in range(2):
        edit_message(store, OWNER, conversation.id, first.message.id, Draft("Where?"), keep_files=True, once=edit)
        ask_anew(store, OWNER, conversation.id, first.reply.id, once=anew)

    texts = [message.text for message in messages_of(store, conversation) if message.role == "user"]
    assert texts == ["When?", "Where?"]
    assert len(messages_of(store, conversation)) == 5


def test_repeat_tells_question_and_reply_apart_where_the_clock_was_set_back_between_them(store, conversation):
    first = post_message(store, OWNER, conversation.id, WHEN, None, ONCE)
    with_later_id = {"id": "f" * 8 + first.message.id[8:]}
    with store.database.write() as connection:
        question = connection.execute(select(messages).where(messages.c.id == first.message.id)).one()
        connection.execute(insert(messages).values({**question._mapping, **with_later_id}))
        behind = update(messages).where(messages.c.id == first.reply.id)
        connection.execute(behind.values(parent_id=with_later_id["id"]))

    again = post_message(store, OWNER, conversation.id, WHEN, None, ONCE)

    assert (again.message.id, again.message.text) == (with_later_id["id"], "When?")
    assert (again.reply.id, again.reply.job_id) == (first.reply.id, first.reply.job_id)


def test_repeat_is_refused_by_no_quota(store, conversation):
    full = with_settings(store, quota_queued=1)
    first = post_message(full, OWNER, conversation.id, WHEN, None, ONCE)

    again = post_message(full, OWNER, conversation.id, WHEN, None, ONCE)

    assert again.reply.id == first.reply.id


def test_key_is_free_again_when_its_conversation_was_deleted(store, conversation):
    post_message(store, OWNER, conversation.id, WHEN, None, ONCE)
    delete_conversation(store, OWNER, conversation.id)

    other = a_conversation(store)
    post_message(store, OWNER, other.id, Draft("Where?"), None, Idempotency("key", "where?"))

    assert len(messages_of(store, other)) == 2


def test_one_key_many_times_at_once_asks_once(store, conversation):
    asked, others = [], [a_conversation(store) for _ in range(2)]

    def post(where, content):
        try:
            posted = post_message(store, OWNER, where.id, WHEN, None, Idempotency("key", content))
            asked.append((where.id, posted.reply.id))
        except IdempotencyMismatch:
            asked.append(None)

    everybody = [threading.Thread(target=post, args=(where, where.id)) for where in [conversation, *others] * 4]
    for one in everybody:
        one.start()
    for one in everybody:
        one.join()

    said = sum(len(messages_of(store, where)) for where in [conversation, *others])
    assert said == 2
    assert len({one for one in asked if one is not None}) == 1
    assert asked.count(None) == 8


def test_question_without_a_key_is_asked_as_often_as_it_comes(store, conversation):
    answered(store, conversation)

    ask(store, conversation)

    assert len(messages_of(store, conversation)) == 4
