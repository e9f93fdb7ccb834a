"""Conversations are changed and deleted."""

from itertools import pairwise

import pytest
from sqlalchemy import insert
from support.chatting import a_conversation, a_stored_file, answered, ask, begin, write
from support.work import OWNER, story

from triptych.chat.conversations import (
    UnknownConversation,
    change_conversation,
    delete_conversation,
    get_conversation,
)
from triptych.chat.tables import messages
from triptych.ids import new_id
from triptych.jobs.leases import LeaseLost
from triptych.jobs.owner import UnknownJob
from triptych.jobs.reading import get_job
from triptych.uploads import read_files


def test_somebody_elses_conversation_is_neither_told_nor_deleted(store):
    theirs = a_conversation(store, "bob")

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

    with pytest.raises(UnknownConversation):
        get_conversation(store, OWNER, conversation.id)


def test_reply_that_runs_while_its_conversation_is_deleted_is_cancelled(store):
    conversation = a_conversation(store)
    posted = ask(store, conversation)
    claimed = begin(store, posted)

    delete_conversation(store, OWNER, conversation.id)

    with pytest.raises(LeaseLost):
        write(store, claimed, "too late")
    assert story(store, claimed.job)[-2:] == ["job.finished", "job.deleted"]
