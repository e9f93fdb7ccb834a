"""The branch that leads to a message: each message follows another, and those that follow the same one are branches.

The newest branch ends with the newest of the messages that nothing follows yet.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, exists, literal, select

from triptych.chat.tables import message_files, messages

LONGEST_BRANCH = 1000  # messages: those before them no longer fit any model's window, and a summary tells of them
MOST_FILES = 100  # of a branch, the newest: what a reply may look into


class UnknownMessage(LookupError):
    """The conversation has no such message; the message is its id."""


def newest_message(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """The last message of the newest branch; None in an empty conversation."""
    following = messages.alias()
    last = ~exists().where(following.c.parent_id == messages.c.id)
    of_it = select(messages).where(messages.c.conversation_id == conversation_id, last)
    return connection.execute(of_it.order_by(messages.c.id.desc()).limit(1)).one_or_none()


def message_in(connection: Connection, conversation_id: str, message_id: str) -> Row[Any]:
    """The row of a message. Raises UnknownMessage where it is not of the conversation."""
    wanted = select(messages).where(messages.c.id == message_id, messages.c.conversation_id == conversation_id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise UnknownMessage(message_id)
    return row


def branch_to(connection: Connection, message_id: str) -> Sequence[Row[Any]]:
    """The messages that lead to this one, and itself, oldest first: at most the last ``LONGEST_BRANCH``."""
    last = select(messages, literal(0).label("depth")).where(messages.c.id == message_id).cte("branch", recursive=True)
    before = (
        select(messages, last.c.depth + 1)
        .join(last, messages.c.id == last.c.parent_id)
        .where(last.c.depth < LONGEST_BRANCH - 1)
    )
    branch = last.union_all(before)
    return connection.execute(select(branch).order_by(branch.c.depth.desc())).all()


def files_of(connection: Connection, message_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """The files of the messages, by message, in order; deleted ones have no ``file_id``."""
    wanted = select(message_files).where(message_files.c.message_id.in_(message_ids))
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(wanted.order_by(message_files.c.message_id, message_files.c.ordinal)):
        found.setdefault(row.message_id, []).append(row)
    return found


def branch_files(connection: Connection, branch: Sequence[Row[Any]]) -> list[str]:
    """The ids of the files along a branch, each once, oldest first: the newest ``MOST_FILES`` that are there."""
    by_message = files_of(connection, [row.id for row in branch])
    newest = [file.file_id for row in reversed(branch) for file in reversed(by_message.get(row.id, ())) if file.file_id]
    return list(reversed(list(dict.fromkeys(newest))[:MOST_FILES]))
