"""Conversations for tests of the store and the workers, and their runs stepped by hand."""

from collections.abc import Sequence

from pipelines.contract import EngineUsed, Part, PartKind, Result
from support.work import OWNER, a_claim, a_file
from triptych.chat.conversations import begin_conversation
from triptych.chat.posting import post_message
from triptych.chat.reading import list_messages
from triptych.chat.values import Conversation, ConversationSettings, Message
from triptych.chat.writing import Draft, Posted
from triptych.files import File, add_files
from triptych.jobs import ending, ends, making
from triptych.jobs.leases import Claim
from triptych.jobs.reading import get_job
from triptych.store import Store

ANSWER = "In 1871 [1]."
CITED = {
    "number": 1,
    "memory_id": None,
    "source_id": None,
    "file_id": None,
    "job_id": None,
    "title": "harbour.txt",
    "text": "The harbour opened in 1871.",
    "place": {"start": 0, "end": 27},
    "kind": "passage",
    "modality": "text",
}


def a_conversation(store: Store, owner: str = OWNER, **settings: object) -> Conversation:
    """A conversation without messages."""
    return begin_conversation(store, owner, ConversationSettings(**settings))


def a_stored_file(store: Store, content: bytes = b"hello", owner: str = OWNER) -> File:
    """A file with its row."""
    file = a_file(store, content, owner)
    with store.database.write() as connection:
        add_files(connection, [file])
    return file


def ask(
    store: Store,
    conversation: Conversation,
    text: str = "When?",
    files: Sequence[File] = (),
    parent_id: str | None = None,
) -> Posted:
    """A question, and the reply that is to come."""
    draft = Draft(text, [file.id for file in files])
    return post_message(store, conversation.owner, conversation.id, draft, parent_id)


def begin(store: Store, posted: Posted) -> Claim:
    """The reply's job, claimed."""
    return begin_for(store, OWNER, posted.reply.job_id)


def begin_for(store: Store, owner: str, job_id: str) -> Claim:
    """The job of somebody's reply, claimed."""
    return a_claim(store, get_job(store, owner, job_id))


def write(store: Store, claimed: Claim, *pieces: str) -> None:
    """Keep tokens."""
    for seq, piece in enumerate(pieces, 1):
        making.keep_part(store, claimed, seq, Part(PartKind.TOKEN, {"text": piece}))


def succeed(store: Store, claimed: Claim, text: str = ANSWER, citations: Sequence[object] = (CITED,)) -> None:
    """End a reply as written."""
    body = {"answer": text, "citations": list(citations)}
    ending.end(store, ends.succeeded(claimed.row, store.clock(), Result(body, EngineUsed("by hand", "none"))))


def answered(store: Store, conversation: Conversation, text: str = "When?", **asked: object) -> Posted:
    """A question that was answered."""
    posted = ask(store, conversation, text, **asked)
    succeed(store, begin(store, posted))
    return posted


def messages_of(store: Store, conversation: Conversation) -> list[Message]:
    """All messages, oldest first."""
    return list(list_messages(store, conversation.owner, conversation.id, None, 1000).items)
