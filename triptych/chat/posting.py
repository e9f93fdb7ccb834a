"""Writing to a conversation: the question, its reply and the reply's job are there from one commit on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from triptych.chat.branches import files_of, message_in, newest_message
from triptych.chat.conversations import conversation_in
from triptych.chat.reading import posted_for
from triptych.chat.values import Conversation, Message, Role
from triptych.chat.writing import BadTurn, Draft, Posted, question_in, write_question, write_reply
from triptych.jobs.states import FINAL
from triptych.jobs.submission import Idempotency
from triptych.jobs.submit import earlier_job
from triptych.jobs.tables import jobs
from triptych.store import Store


class ReplyUnfinished(Exception):
    """The reply that is to be followed is being written; the message is its state."""


def post_message(
    store: Store,
    owner: str,
    conversation_id: str,
    draft: Draft,
    parent_id: str | None,
    once: Idempotency | None = None,
) -> Posted:
    """Ask behind the reply ``parent_id``, or behind the newest branch.

    A repeat with the key of ``once`` asks nothing, and tells what the first one asked. Raises
    conversations.UnknownConversation, branches.UnknownMessage, files.UnknownFile, submission.WrongMedia,
    submission.IdempotencyMismatch, BadTurn, ReplyUnfinished while that reply is being written, and
    quotas.QuotaExceeded.
    """

    def ask(connection: Connection, conversation: Conversation) -> Message:
        parent = newest_message(connection, conversation_id)
        if parent_id is not None:
            parent = message_in(connection, conversation_id, parent_id)
        if parent is not None:
            _check_followed(connection, parent)
        return write_question(connection, conversation, draft, parent.id if parent else None, store.clock())

    return _posted(store, owner, conversation_id, draft.memory, once, ask)


def ask_anew(
    store: Store,
    owner: str,
    conversation_id: str,
    message_id: str,
    memory: bool | None = None,
    once: Idempotency | None = None,
) -> Posted:
    """Have a reply written again, beside what there is: of a question, or of what the reply ``message_id`` answers.

    Raises as ``post_message`` does, which tells of ``once``.
    """

    def ask(connection: Connection, _conversation: Conversation) -> Message:
        row = message_in(connection, conversation_id, message_id)
        if row.role == Role.ASSISTANT:
            row = message_in(connection, conversation_id, row.parent_id)
        return question_in(row, files_of(connection, [row.id]).get(row.id, ()))

    return _posted(store, owner, conversation_id, memory, once, ask)


def edit_message(
    store: Store,
    owner: str,
    conversation_id: str,
    message_id: str,
    draft: Draft,
    *,
    keep_files: bool,
    once: Idempotency | None = None,
) -> Posted:
    """Ask something else in the place of a question, which stays beside it with all that followed.

    ``keep_files``: with the same files. Raises as ``post_message`` does, which tells of ``once``, and BadTurn where it
    is no question.
    """

    def ask(connection: Connection, conversation: Conversation) -> Message:
        row = message_in(connection, conversation_id, message_id)
        if row.role != Role.USER:
            raise BadTurn("message_id", f"{message_id} is a reply, which is not edited: regenerate it", "no_question")
        kept = [file.file_id for file in files_of(connection, [row.id]).get(row.id, ()) if file.file_id]
        asked = replace(draft, files=kept) if keep_files else draft
        return write_question(connection, conversation, asked, row.parent_id, store.clock())

    return _posted(store, owner, conversation_id, draft.memory, once, ask)


Ask: TypeAlias = Callable[[Connection, Conversation], Message]
"""Finds, or writes, the question that is to be answered, in a conversation that is held."""


def _posted(
    store: Store, owner: str, conversation_id: str, wish: bool | None, once: Idempotency | None, ask: Ask
) -> Posted:
    try:
        return _post(store, owner, conversation_id, wish, once, ask)
    except IntegrityError:
        if once is None:
            raise
        # Somebody asked under the same key elsewhere at the same time, and has committed: this finds it.
        return _post(store, owner, conversation_id, wish, once, ask)


def _post(
    store: Store, owner: str, conversation_id: str, wish: bool | None, once: Idempotency | None, ask: Ask
) -> Posted:
    with store.database.write() as connection:
        conversation = conversation_in(connection, owner, conversation_id, held=True)
        if (job := earlier_job(connection, owner, once)) is not None:
            return Posted(*posted_for(connection, owner, job.id))
        question = ask(connection, conversation)
        posted, accepted = write_reply(connection, store, conversation, question, wish, once)
    store.wire.send(accepted.rings, accepted.news)
    return posted


def _check_followed(connection: Connection, parent: Row[Any]) -> None:
    if parent.role != Role.ASSISTANT:
        raise BadTurn("parent_id", f"{parent.id} is a question: a message follows a reply", "no_reply")
    state = connection.execute(select(jobs.c.state).where(jobs.c.id == parent.job_id)).scalar()
    if state is not None and state not in FINAL:
        raise ReplyUnfinished(state)
