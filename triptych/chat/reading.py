"""Reading a conversation's messages, with what a reply that is being written has so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, cast, exists, func, or_, select, union

from triptych.chat.branches import files_of
from triptych.chat.conversations import conversation_in
from triptych.chat.gone import with_gone
from triptych.chat.settling import texts_so_far
from triptych.chat.tables import messages
from triptych.chat.values import Attachment, Message, Role, Spoken
from triptych.cursors import found_at
from triptych.jobs.states import FINAL, JobState
from triptych.jobs.tables import jobs, outputs
from triptych.store import Store

SPEAK = "audio.speak"
CHARACTERS = 4_000_000  # of a page of messages, their citations among them

_WITH_JOBS = select(messages, jobs.c.state, jobs.c.warnings, jobs.c.error).outerjoin(
    jobs, jobs.c.id == messages.c.job_id
)


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages, oldest first, and whether there are others before them."""

    items: Sequence[Message]
    has_earlier: bool


def list_messages(
    store: Store, owner: str, conversation_id: str, before: str | None, limit: int, most_characters: int = CHARACTERS
) -> MessagePage:
    """The newest ``limit`` messages of all branches, or as many as have ``most_characters``, but one at least.

    ``before``: of those older than the one with this id. Raises UnknownConversation and UnknownCursor.
    """
    wanted = _newest(conversation_id, before, limit, most_characters)
    with store.database.read() as connection:
        conversation_in(connection, owner, conversation_id)
        if before is not None:
            its = messages.c.id == before, messages.c.conversation_id == conversation_id
            found_at(connection, before, select(messages.c.id).where(*its))
        rows = list(reversed(connection.execute(wanted).all()))
        has_earlier = bool(rows) and connection.execute(_any_before(conversation_id, rows[0].id)).scalar()
        return MessagePage(_whole(connection, owner, rows), bool(has_earlier))


def posted_for(connection: Connection, owner: str, job_id: str) -> tuple[Message, Message]:
    """The question, and the reply that the job ``job_id`` writes, as it stands: their ids need not sort that way."""
    ids = select(messages.c.id).where(messages.c.job_id == job_id)
    asked = select(messages.c.parent_id).where(messages.c.job_id == job_id)
    wanted = _WITH_JOBS.where(messages.c.id.in_(union(ids, asked)))
    told = {message.role: message for message in _whole(connection, owner, connection.execute(wanted).all())}
    return told[Role.USER], told[Role.ASSISTANT]


def _newest(conversation_id: str, before: str | None, limit: int, most_characters: int) -> Select[Any]:
    """Rows of messages, newest first: the texts of those that go beyond the bound are not fetched."""
    held = func.length(messages.c.text) + func.length(cast(messages.c.citations, Text))
    latest = select(messages.c.id, held.label("held")).where(messages.c.conversation_id == conversation_id)
    if before is not None:
        latest = latest.where(messages.c.id < before)
    some = latest.order_by(messages.c.id.desc()).limit(limit).subquery()
    # Together with all that are newer; the newest is there however long it is.
    together = func.sum(some.c.held).over(order_by=some.c.id.desc())
    newer = select(some.c.id, (together - some.c.held).label("newer"), together.label("together")).subquery()
    fitting = select(newer.c.id).where(or_(newer.c.together <= most_characters, newer.c.newer == 0))
    return _WITH_JOBS.where(messages.c.id.in_(fitting)).order_by(messages.c.id.desc())


def _any_before(conversation_id: str, message_id: str) -> Select[Any]:
    older = exists().where(messages.c.conversation_id == conversation_id, messages.c.id < message_id)
    return select(older)


def _whole(connection: Connection, owner: str, rows: Sequence[Row[Any]]) -> list[Message]:
    files = files_of(connection, [row.id for row in rows])
    unfinished = [row.job_id for row in rows if _is_unfinished(row)]
    texts = texts_so_far(connection, unfinished) if unfinished else {}
    speech = _speech(connection, [row.job_id for row in rows if row.job_id is not None])
    told = []
    for row, citations in zip(rows, with_gone(connection, owner, [row.citations for row in rows]), strict=True):
        attached = [Attachment(file.file_id, file.name, file.media_type) for file in files.get(row.id, ())]
        message = Message(row.id, row.parent_id, Role(row.role), row.text, row.created_at, attached)
        told.append(message if message.role is Role.USER else _reply(message, row, citations, texts, speech))
    return told


def _reply(
    message: Message,
    row: Row[Any],
    citations: Sequence[dict[str, Any]],
    texts: dict[str, str],
    speech: dict[str, Spoken],
) -> Message:
    """The reply as it stands: while its job goes on the job tells, and then what was settled."""
    is_unfinished = _is_unfinished(row)
    body = {"state": row.state, "warnings": row.warnings, "error": row.error} if is_unfinished else row.body
    return Message(
        message.id,
        message.parent_id,
        message.role,
        texts.get(row.job_id, "") if is_unfinished else message.text,
        message.created_at,
        job_id=row.job_id,
        state=JobState(body["state"]),
        citations=() if is_unfinished else citations,
        engine=body.get("engine"),
        warnings=tuple(body["warnings"]),
        error=body["error"],
        speech=speech.get(row.job_id),
    )


def _is_unfinished(row: Row[Any]) -> bool:
    return row.state is not None and row.state not in FINAL


def _speech(connection: Connection, job_ids: Sequence[str]) -> dict[str, Spoken]:
    """What was read aloud of the replies, by the job that wrote each: its newest child that speaks and is through."""
    wanted = (
        select(jobs.c.parent_id, jobs.c.id, outputs.c.name)
        .join(outputs, (outputs.c.job_id == jobs.c.id) & (outputs.c.attempt == jobs.c.attempt))
        .where(jobs.c.parent_id.in_(job_ids), jobs.c.pipeline == SPEAK, jobs.c.state == JobState.SUCCEEDED)
        .order_by(jobs.c.parent_id, jobs.c.child.desc(), outputs.c.ordinal.desc())
    )
    return {row.parent_id: Spoken(row.id, row.name) for row in connection.execute(wanted)} if job_ids else {}
