"""The branch that leads to a message: each message follows another, and those that follow the same one are branches.

The newest branch ends with the newest of the messages that nothing follows yet.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, Connection, Row, Select, bindparam, exists, literal, select

from triptych.chat.tables import message_files, messages

LONGEST_BRANCH = 1000  # messages: those before them no longer fit any model's window, and a summary tells of them
MOST_FILES = 100  # of a branch, the newest: what a reply may look into


def _leading_to_last() -> CTE:
    """Ids and how far each message is from the last."""
    last = select(messages.c.id, messages.c.parent_id, literal(0).label("depth")).where(
        messages.c.id == bindparam("last")
    )
    branch = last.cte("branch", recursive=True)
    before = (
        select(messages.c.id, messages.c.parent_id, branch.c.depth + 1)
        .join(branch, messages.c.id == branch.c.parent_id)
        .where(branch.c.depth < LONGEST_BRANCH - 1)
    )
    return branch.union_all(before)


def _followed_by_nothing() -> Select[Any]:
    following = messages.alias()
    is_last = ~exists().where(following.c.parent_id == messages.c.id)
    last = select(messages).where(messages.c.conversation_id == bindparam("conversation"), is_last)
    return last.order_by(messages.c.id.desc()).limit(1)


# Built once: building them takes longer than running them, and every question waits for them.
_NEWEST = _followed_by_nothing()
LEADING = _leading_to_last()  # the ids of the messages of the branch to the parameter ``last``, and itself
_BRANCH = select(messages).join(LEADING, LEADING.c.id == messages.c.id).order_by(LEADING.c.depth.desc())
_BRANCH_FILES = (
    select(message_files.c.file_id)
    .join(LEADING, LEADING.c.id == message_files.c.message_id)
    .where(message_files.c.file_id.is_not(None))
    .order_by(LEADING.c.depth, message_files.c.ordinal.desc())
)
_FILES = (
    select(message_files)
    .where(message_files.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(message_files.c.message_id, message_files.c.ordinal)
)


class UnknownMessage(LookupError):
    """The conversation has no such message; the message is its id."""


def newest_message(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """The last message of the newest branch; None in an empty conversation."""
    return connection.execute(_NEWEST, {"conversation": conversation_id}).one_or_none()


def message_in(connection: Connection, conversation_id: str, message_id: str) -> Row[Any]:
    """The row of a message. Raises UnknownMessage where it is not of the conversation."""
    wanted = select(messages).where(messages.c.id == message_id, messages.c.conversation_id == conversation_id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise UnknownMessage(message_id)
    return row


def branch_to(connection: Connection, message_id: str) -> Sequence[Row[Any]]:
    """The messages that lead to this one, and itself, oldest first: at most the last ``LONGEST_BRANCH``."""
    return connection.execute(_BRANCH, {"last": message_id}).all()


def files_of(connection: Connection, message_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """The files of the messages, by message, in order; deleted ones have no ``file_id``."""
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(_FILES, {"ids": list(message_ids)}):
        found.setdefault(row.message_id, []).append(row)
    return found


def branch_files(connection: Connection, message_id: str) -> list[str]:
    """The ids of the files along the branch to a message, each once, oldest first: the newest ``MOST_FILES``."""
    newest = connection.execute(_BRANCH_FILES, {"last": message_id}).scalars()
    return list(reversed(list(dict.fromkeys(newest))[:MOST_FILES]))
