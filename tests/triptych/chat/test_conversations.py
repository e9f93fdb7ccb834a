"""Conversations are found by their words, changed and deleted."""

from itertools import pairwise

import pytest
from sqlalchemy import insert
from support.chatting import a_conversation, a_stored_file, answered, ask, begin, messages_of, write
from support.work import OWNER, story

from triptych.chat.conversations import (
    UnknownConversation,
    change_conversation,
    delete_conversation,
    get_conversation,
    list_conversations,
)
from triptych.chat.reading import list_messages
from triptych.chat.tables import messages
from triptych.ids import first_id_of, new_id
from triptych.jobs.leases import LeaseLost
from triptych.jobs.owner import UnknownJob
from triptych.jobs.reading import get_job
from triptych.uploads import read_files


def test_conversations_are_told_last_used_first_page_by_page(timed, clock):
    made = []
    for _ in range(3):
        made.append(a_conversation(timed))
        clock.forward(1)
    ask(timed, made[0])

    first = list_conversations(timed, OWNER, "", None, 2)
    rest = list_conversations(timed, OWNER, "", (first[-1].updated_at, first[-1].id), 2)

    assert [one.id for one in (*first, *rest)] == [made[0].id, made[2].id, made[1].id]


def test_conversation_is_found_by_words_of_its_title_and_messages(store):
    titled, said, _other = (a_conversation(store) for _ in range(3))
    change_conversation(store, OWNER, titled.id, "100% herring", {})
    answered(store, said, "Who paid for the Herring?")

    found = {one.id for one in list_conversations(store, OWNER, "herring", None, 10)}

    assert found == {titled.id, said.id}
    assert [one.id for one in list_conversations(store, OWNER, "100%", None, 10)] == [titled.id]


def test_somebody_elses_conversations_are_not_told(store):
    theirs = a_conversation(store, "bob")

    assert list_conversations(store, OWNER, "", None, 10) == []
    with pytest.raises(UnknownConversation):
        get_conversation(store, OWNER, theirs.id)
    with pytest.raises(UnknownConversation):
        delete_conversation(store, OWNER, theirs.id)


def test_settings_that_are_not_named_stay(store):
    conversation = a_conversation(store, system="Be kind.")

    changed = change_conversation(store, OWNER, conversation.id, None, {"speak": True})

    assert (changed.settings.system, changed.settings.speak, changed.title) == ("Be kind.", True, "")


def test_deleted_conversation_takes_the_jobs_of_its_replies_and_leaves_its_files(store):
    conversation = a_conversation(store)
    file = a_stored_file(store)
    posted = answered(store, conversation, files=[file])

    delete_conversation(store, OWNER, conversation.id)

    with pytest.raises(UnknownJob):
        get_job(store, OWNER, posted.reply.job_id)
    assert read_files(store, OWNER, [file.id]) == [file]


def test_conversation_of_a_very_long_branch_can_be_deleted(store):
    conversation = a_conversation(store)
    ids = [new_id() for _ in range(1100)]
    told = {"conversation_id": conversation.id, "role": "user", "text": "on", "citations": [], "body": {}}
    rows = [{**told, "id": one, "parent_id": None, "created_at": 1.0} for one in ids]
    for before, row in pairwise(rows):
        row["parent_id"] = before["id"]
    with store.database.write() as connection:
        connection.execute(insert(messages), rows)

    delete_conversation(store, OWNER, conversation.id)

    assert list_conversations(store, OWNER, "", None, 10) == []


def test_reply_that_runs_while_its_conversation_is_deleted_is_cancelled(store):
    conversation = a_conversation(store)
    posted = ask(store, conversation)
    claimed = begin(store, posted)

    delete_conversation(store, OWNER, conversation.id)

    with pytest.raises(LeaseLost):
        write(store, claimed, "too late")
    assert story(store, claimed.job)[-2:] == ["job.finished", "job.deleted"]


def test_ten_thousand_messages_are_read_page_by_page(sqlite_store):
    conversation = a_conversation(sqlite_store)
    row = {"conversation_id": conversation.id, "role": "user", "citations": [], "body": {}, "created_at": 1.0}
    ids = [first_id_of(number) for number in range(10_000)]
    parents = [None, *ids[:-1]]
    rows = [{**row, "id": i, "parent_id": p, "text": i} for i, p in zip(ids, parents, strict=True)]
    with sqlite_store.database.write() as connection:
        connection.execute(insert(messages), rows)

    newest = list_messages(sqlite_store, OWNER, conversation.id, None, 1000)
    before = list_messages(sqlite_store, OWNER, conversation.id, newest[0].id, 1000)

    assert [one.id for one in newest] == ids[-1000:]
    assert [one.id for one in before] == ids[-2000:-1000]
    assert len(messages_of(sqlite_store, conversation)) == 1000
