"""The rows of a question, and of the reply that is to come with the job that writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert

from pipelines.catalogue import Pipeline, catalogue
from pipelines.chat.reply import REPLY
from pipelines.media.media_types import Kind, kind_of
from triptych.chat.branches import branch_files
from triptych.chat.conversations import used_now
from triptych.chat.tables import message_files, messages
from triptych.chat.values import Attachment, Conversation, Message, Role
from triptych.files import File, get_files
from triptych.ids import new_id
from triptych.jobs.states import JobState
from triptych.jobs.submission import Idempotency, Submission, check_media
from triptych.jobs.submit import Accepted, accept_in
from triptych.store import Store

TRIES = 50  # each has an even chance


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


def write_question(
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


def write_reply(
    connection: Connection,
    store: Store,
    conversation: Conversation,
    question: Message,
    wish: bool | None,
    once: Idempotency | None,
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
        idempotency=once,
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


def _pipeline() -> Pipeline:
    return catalogue()[REPLY]


def _attached(file: File) -> Attachment:
    return Attachment(file.id, file.name, file.media_type)


def question_in(row: Row[Any], files: Sequence[Row[Any]]) -> Message:
    """The question in a row, with the files in theirs."""
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
