"""Conversations: begin one, change and delete it."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from triptych.chat.tables import conversations, messages
from triptych.chat.values import Conversation, ConversationSettings, TitleBy
from triptych.ids import new_id
from triptych.jobs.owner import discard_in
from triptych.store import Store

COLUMNS: tuple[Column[Any], ...] = (  # Any: each of its own type
    conversations.c.id,
    conversations.c.owner,
    conversations.c.title,
    conversations.c.settings,
    conversations.c.created_at,
    conversations.c.updated_at,
)
_USED = update(conversations).where(conversations.c.id == bindparam("conversation")).values(updated_at=bindparam("at"))


class UnknownConversation(LookupError):
    """No such conversation, or it is somebody else's; the message is its id."""


def begin_conversation(store: Store, owner: str, settings: ConversationSettings) -> Conversation:
    """A new conversation without messages."""
    now = store.clock()
    begun = Conversation(new_id(), owner, "", settings, now, now)
    row = {**asdict(begun), "settings": settings.told(), "title_by": TitleBy.AUTO, "summary": ""}
    with store.database.write() as connection:
        connection.execute(insert(conversations), row)
    return begun


def get_conversation(store: Store, owner: str, conversation_id: str) -> Conversation:
    """The conversation. Raises UnknownConversation."""
    with store.database.read() as connection:
        return conversation_in(connection, owner, conversation_id)


def change_conversation(
    store: Store, owner: str, conversation_id: str, title: str | None, settings: dict[str, Any]
) -> Conversation:
    """Call it ``title``, if that is given, and change those of its ``settings``. Raises UnknownConversation."""
    with store.database.write() as connection:
        before = conversation_in(connection, owner, conversation_id, held=True)
        values: dict[str, Any] = {"settings": {**before.settings.told(), **settings}}  # Any: columns
        if title is not None:
            values |= {"title": title, "title_by": TitleBy.USER}
        connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(**values))
        return conversation_in(connection, owner, conversation_id)


def delete_conversation(store: Store, owner: str, conversation_id: str) -> None:
    """Delete it with its messages and the jobs of its replies; those that run are cancelled. The files stay.

    Raises UnknownConversation.
    """
    with store.database.write() as connection:
        conversation_in(connection, owner, conversation_id, held=True)
        of_it = select(messages.c.job_id).where(messages.c.conversation_id == conversation_id)
        job_ids = connection.execute(of_it.where(messages.c.job_id.is_not(None))).scalars().all()
        rings, told = discard_in(connection, store, owner, job_ids)
        part_in(connection, conversations.c.id == conversation_id)
        connection.execute(delete(conversations).where(conversations.c.id == conversation_id))
    store.wire.send(rings, told)


def part_in(connection: Connection, which: ColumnElement[bool]) -> None:
    """Have no message follow another, of the conversations that are about to be deleted.

    SQLite follows a chain of rows that go with one another a thousand deep at most.
    https://www.sqlite.org/limits.html#max_trigger_depth
    """
    of_them = messages.c.conversation_id.in_(select(conversations.c.id).where(which))
    connection.execute(update(messages).where(of_them, messages.c.parent_id.is_not(None)).values(parent_id=None))


def conversation_in(connection: Connection, owner: str, conversation_id: str, *, held: bool = False) -> Conversation:
    """The conversation; ``held``: nobody else changes it, or writes to it, before the transaction ends.

    A conversation's row is locked before any job's: whoever needs both does it in this order. Raises
    UnknownConversation.
    """
    wanted = select(*COLUMNS).where(conversations.c.id == conversation_id, conversations.c.owner == owner)
    row = connection.execute(wanted.with_for_update() if held else wanted).one_or_none()
    if row is None:
        raise UnknownConversation(conversation_id)
    return conversation_of(row)


def used_now(connection: Connection, conversation_id: str, at: float) -> None:
    """Have the conversation stand among those last used."""
    connection.execute(_USED, {"conversation": conversation_id, "at": at})


def conversation_of(row: Row[Any]) -> Conversation:
    """The conversation in a row of ``COLUMNS``."""
    settings = ConversationSettings.of(row.settings)
    return Conversation(row.id, row.owner, row.title, settings, row.created_at, row.updated_at)
