"""Conversations come with their branches, what is attached to them and what they cite."""

from sqlalchemy import select
from support.archives import a_full_memory, exported, lines_of
from support.work import OWNER

from triptych.chat.conversations import begin_conversation
from triptych.chat.finding import list_conversations
from triptych.chat.posting import post_message
from triptych.chat.reading import list_messages
from triptych.chat.tables import message_files, messages
from triptych.chat.values import ConversationSettings
from triptych.chat.writing import Draft
from triptych.memory.archive.bringing import import_archive
from triptych.store import Store


def test_conversations_come_with_their_branches_and_files(sqlite_store: Store, elsewhere: Store, tmp_path):
    file, job = a_full_memory(sqlite_store, tmp_path)

    import_archive(elsewhere, OWNER, exported(sqlite_store, tmp_path / "all.zip"))

    with elsewhere.database.read() as connection:
        reply = connection.execute(select(messages).where(messages.c.role == "assistant")).one()
        question = connection.execute(select(messages).where(messages.c.id == reply.parent_id)).one()
        attached = connection.execute(select(message_files)).one()
    assert (question.text, reply.job_id, reply.citations[0]["file_id"]) == ("what sails?", job.id, file.id)
    assert (attached.message_id, attached.file_id) == (question.id, file.id)


def test_reply_that_is_being_written_stays_out(store: Store, tmp_path):
    talk = begin_conversation(store, OWNER, ConversationSettings())
    post_message(store, OWNER, talk.id, Draft("what sails?"), None)

    path = exported(store, tmp_path / "all.zip")

    assert [line["text"] for line in lines_of(path, "messages.jsonl")] == ["what sails?"]
    import_archive(store, "grace", path)
    [came] = list_conversations(store, "grace", "", None, 9).items
    assert [message.text for message in list_messages(store, "grace", came.id, None, 9).items] == ["what sails?"]
