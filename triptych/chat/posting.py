"""Writing to a conversation: the question, its reply and the reply's job are there from one commit on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from pipelines.catalogue import Pipeline, catalogue
from pipelines.chat.reply import REPLY
from pipelines.media.media_types import Kind, kind_of
from triptych.chat.branches import branch_files, files_of, message_in, newest_message
from triptych.chat.conversations import conversation_in, used_now
from triptych.chat.tables import message_files, messages
from triptych.chat.values import Attachment, Conversation, Message, Role
from triptych.files import File, get_files
from triptych.ids import new_id
from triptych.jobs.states import FINAL, JobState
from triptych.jobs.submission import Submission, check_media
from triptych.jobs.submit import Accepted, accept_in
from triptych.jobs.tables import jobs
from triptych.store import Store

TRIES = 50  # each has an even chance


class ReplyUnfinished(Exception):
    """The reply that is to be followed is being written; the message is its state."""


class BadTurn(ValueError):
    """A message that cannot be written there; ``told``: which value is wrong, why, and a stable code."""

    def __init__(self, where: str, message: str, code: str) -> None:
        super().__init__(message)
        self.told = (where, message, code)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody says: ``files`` are ids; ``memory`` is whether the memory is to be asked, None: as it is set."""

    text: str
    files: Sequence[str] = ()
    memory: bool | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A question and the reply that is to come."""

    message: Message
    reply: Message


def post_message(store: Store, owner: str, conversation_id: str, draft: Draft, parent_id: str | None) -> Posted:
    """Ask behind the reply ``parent_id``, or behind the newest branch.

    Raises conversations.UnknownConversation, branches.UnknownMessage, files.UnknownFile, submission.WrongMedia,
    BadTurn, ReplyUnfinished while that reply is being written, and quotas.QuotaExceeded.
    """
    with store.database.write() as connection:
        conversation = conversation_in(connection, owner, conversation_id, held=True)
        parent = newest_message(connection, conversation_id)
        if parent_id is not None:
            parent = message_in(connection, conversation_id, parent_id)
        if parent is not None:
            _check_followed(connection, parent)
        question = _question(connection, conversation, draft, parent.id if parent else None, store.clock())
        posted, accepted = _reply_to(connection, store, conversation, question, draft.memory)
    _tell(store, accepted)
    return posted


def ask_anew(store: Store, owner: str, conversation_id: str, message_id: str, memory: bool | None = None) -> Posted:
    """Have a reply written again, beside what there is: of a question, or of what the reply ``message_id`` answers.

    Raises as ``post_message`` does.
    """
    with store.database.write() as connection:
        conversation = conversation_in(connection, owner, conversation_id, held=True)
        row = message_in(connection, conversation_id, message_id)
        if row.role == Role.ASSISTANT:
            row = message_in(connection, conversation_id, row.parent_id)
        question = _told(row, files_of(connection, [row.id]).get(row.id, ()))
        posted, accepted = _reply_to(connection, store, conversation, question, memory)
    _tell(store, accepted)
    return posted


def edit_message(
    store: Store, owner: str, conversation_id: str, message_id: str, draft: Draft, *, keep_files: bool
) -> Posted:
    """Ask something else in the place of a question, which stays beside it with all that followed.

    ``keep_files``: with the same files. Raises as ``post_message`` does, and BadTurn where it is no question.
    """
    with store.database.write() as connection:
        conversation = conversation_in(connection, owner, conversation_id, held=True)
        row = message_in(connection, conversation_id, message_id)
        if row.role != Role.USER:
            raise BadTurn("message_id", f"{message_id} is a reply, which is not edited: regenerate it", "no_question")
        if keep_files:
            kept = [file.file_id for file in files_of(connection, [row.id]).get(row.id, ()) if file.file_id]
            draft = Draft(draft.text, kept, draft.memory)
        question = _question(connection, conversation, draft, row.parent_id, store.clock())
        posted, accepted = _reply_to(connection, store, conversation, question, draft.memory)
    _tell(store, accepted)
    return posted


def _check_followed(connection: Connection, parent: Row[Any]) -> None:
    if parent.role != Role.ASSISTANT:
        raise BadTurn("parent_id", f"{parent.id} is a question: a message follows a reply", "no_reply")
    state = connection.execute(select(jobs.c.state).where(jobs.c.id == parent.job_id)).scalar()
    if state is not None and state not in FINAL:
        raise ReplyUnfinished(state)


def _question(
    connection: Connection, conversation: Conversation, draft: Draft, parent_id: str | None, now: float
) -> Message:
    """The question's row, and those of its files. Raises BadTurn where there is nothing to answer."""
    files = get_files(connection, conversation.owner, draft.files, held=True) if draft.files else []
    check_media(_pipeline(), files)
    if not draft.text.strip() and not any(kind_of(file.media_type) is Kind.SOUND for file in files):
        raise BadTurn("text", "the question is empty: write one, or attach a recording that says it", "empty_question")
    question = Message(new_id(), parent_id, Role.USER, draft.text.strip(), now, [_attached(file) for file in files])
    connection.execute(insert(messages), _row_of(question, conversation.id))
    named = [
        {"message_id": question.id, "ordinal": number, "file_id": one.file_id, "name": one.name}
        | {"media_type": one.media_type}
        for number, one in enumerate(question.files)
    ]
    if named:
        connection.execute(insert(message_files), named)
    return question


def _reply_to(
    connection: Connection, store: Store, conversation: Conversation, question: Message, wish: bool | None
) -> tuple[Posted, Accepted]:
    """The reply's job and then its row, which names it."""
    now = store.clock()
    reply_id = _id_behind(question.id)
    submission = Submission(
        conversation.owner,
        _pipeline(),
        {
            "conversation": conversation.id,
            "reply": reply_id,
            "memory": conversation.settings.memory.applies(wish),
        },
        files=branch_files(connection, question.id),
        remember=False,
    )
    accepted = accept_in(connection, store, [submission])
    [job] = accepted.fresh
    reply = Message(reply_id, question.id, Role.ASSISTANT, "", now, job_id=job.id, state=JobState.QUEUED)
    connection.execute(insert(messages), _row_of(reply, conversation.id))
    used_now(connection, conversation.id, now)
    return Posted(question, reply), accepted


def _id_behind(other: str) -> str:
    """A new id, which sorts behind one of the same millisecond; where a clock was set back it may not."""
    return next((tried for _ in range(TRIES) if (tried := new_id()) > other), new_id())


def _tell(store: Store, accepted: Accepted) -> None:
    store.wire.send(accepted.rings, accepted.news)


def _pipeline() -> Pipeline:
    return catalogue()[REPLY]


def _attached(file: File) -> Attachment:
    return Attachment(file.id, file.name, file.media_type)


def _told(row: Row[Any], files: Sequence[Row[Any]]) -> Message:
    attached = [Attachment(file.file_id, file.name, file.media_type) for file in files]
    return Message(row.id, row.parent_id, Role(row.role), row.text, row.created_at, attached)


def _row_of(message: Message, conversation_id: str) -> dict[str, Any]:  # Any: columns
    return {
        "id": message.id,
        "conversation_id": conversation_id,
        "parent_id": message.parent_id,
        "role": message.role,
        "text": message.text,
        "job_id": message.job_id,
        "citations": [],
        "body": {},
        "created_at": message.created_at,
    }
