"""Finding conversations again: its owner's alone, the last used first, for no longer than somebody waits.

Words are looked for in stretches of a few conversations, newest first, until a page is full or its time is over: what
was said in years is gone through page by page, and never at once.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from time import monotonic
from typing import Any, TypeAlias

from sqlalchemy import CompoundSelect, Connection, Row, func, select, tuple_, union

from triptych.chat.conversations import COLUMNS, conversation_of
from triptych.chat.tables import conversations, messages
from triptych.chat.values import Conversation
from triptych.cursors import found_at
from triptych.database import Clock
from triptych.store import Store

LOOKS_S = 0.5  # behind which no further stretch is begun
STRETCH = 50  # conversations
MESSAGES = 10_000  # of a stretch, unless one conversation has more: of a kilobyte each, 50 ms on SQLite

Place: TypeAlias = tuple[float, str]  # of a conversation in the list: when it was last used, and its id


@dataclass(frozen=True, slots=True)
class Came:
    """Between which moments conversations were begun, in seconds since the epoch: ``since`` then or later."""

    since: float | None = None
    before: float | None = None


ALL = Came()


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """Some of the conversations that were looked for; ``next`` is where to go on from, None where that is all.

    While there is a ``next`` there may be more, also behind a page that is not full, or empty.
    """

    items: Sequence[Conversation]
    next: Place | None


def list_conversations(
    store: Store,
    owner: str,
    words: str,
    before: Place | None,
    limit: int,
    came: Came = ALL,
    looks_s: float = LOOKS_S,
    clock: Clock = monotonic,
    most_messages: int = MESSAGES,
) -> ConversationPage:
    """Up to ``limit`` of the owner's conversations that ``came`` then, last used first, of those behind ``before``.

    ``words`` stand in the title or a message, all together; case does not matter (of letters beyond ASCII only on
    PostgreSQL). What takes longer than ``looks_s`` is gone on with by the next page; the time is looked at
    behind every ``most_messages``, or behind one conversation that has more. Raises UnknownCursor.
    """
    with store.database.read() as connection:
        if before is not None:
            its = conversations.c.id == before[1], conversations.c.owner == owner
            found_at(connection, before[1], select(conversations.c.id).where(*its))
        if not words:
            rows = _stretch(connection, owner, came, before, limit + 1)
            return _page(rows[:limit], rows[:limit] if len(rows) > limit else ())
        return _found(connection, owner, came, words, before, limit, clock() + looks_s, clock, most_messages)


def _found(
    connection: Connection,
    owner: str,
    came: Came,
    words: str,
    before: Place | None,
    limit: int,
    until: float,
    clock: Clock,
    most_messages: int,
) -> ConversationPage:
    found: list[Row[Any]] = []
    while newest := _stretch(connection, owner, came, before, STRETCH):
        rows = _first_of(connection, newest, most_messages)
        found += _holding(connection, rows, words)
        before = _place_of(rows[-1])
        if len(found) > limit:
            return _page(found[:limit], found[:limit])
        if len(rows) == len(newest) < STRETCH:
            break
        if clock() >= until:
            return _page(found, rows)
    return _page(found, ())


def _stretch(connection: Connection, owner: str, came: Came, before: Place | None, count: int) -> Sequence[Row[Any]]:
    wanted = select(*COLUMNS).where(conversations.c.owner == owner)
    if came.since is not None:
        wanted = wanted.where(conversations.c.created_at >= came.since)
    if came.before is not None:
        wanted = wanted.where(conversations.c.created_at < came.before)
    if before is not None:
        wanted = wanted.where(tuple_(conversations.c.updated_at, conversations.c.id) < tuple_(*before))
    newest = wanted.order_by(conversations.c.updated_at.desc(), conversations.c.id.desc()).limit(count)
    return connection.execute(newest).all()


def _first_of(connection: Connection, rows: Sequence[Row[Any]], most_messages: int) -> Sequence[Row[Any]]:
    """As many of the conversations as have ``most_messages`` together, but one at least."""
    counted = select(messages.c.conversation_id, func.count().label("held")).group_by(messages.c.conversation_id)
    theirs = counted.where(messages.c.conversation_id.in_([row.id for row in rows]))
    counts = {row.conversation_id: row.held for row in connection.execute(theirs)}
    together = list(accumulate(counts.get(row.id, 0) for row in rows))
    return rows[: max(1, bisect_right(together, most_messages))]


def _holding(connection: Connection, rows: Sequence[Row[Any]], words: str) -> list[Row[Any]]:
    """Those of the conversations in whose title or messages the words stand."""
    ids = [row.id for row in rows]
    holding = set(connection.execute(_naming(ids, words)).scalars())
    return [row for row in rows if row.id in holding]


def _naming(ids: Sequence[str], words: str) -> CompoundSelect[Any]:  # Any: of ids
    titled = select(conversations.c.id).where(
        conversations.c.id.in_(ids), conversations.c.title.icontains(words, autoescape=True)
    )
    said = select(messages.c.conversation_id).where(
        messages.c.conversation_id.in_(ids), messages.c.text.icontains(words, autoescape=True)
    )
    return union(titled, said)


def _page(found: Sequence[Row[Any]], looked_through: Sequence[Row[Any]]) -> ConversationPage:
    """A page, which is gone on with behind the last of those that were ``looked_through``, if there are any."""
    items = [conversation_of(row) for row in found]
    return ConversationPage(items, _place_of(looked_through[-1]) if looked_through else None)


def _place_of(row: Row[Any]) -> Place:
    return row.updated_at, row.id
