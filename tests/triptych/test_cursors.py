"""A cursor is a place in the list of whoever asks: nobody else's, and no longer one when what stood there is gone."""

from collections.abc import Callable

import pytest
from support.chatting import a_conversation, ask
from support.remembering import passage, remember
from support.work import OWNER

from triptych.chat.conversations import delete_conversation
from triptych.chat.finding import Place, list_conversations
from triptych.chat.reading import list_messages
from triptych.cursors import UnknownCursor
from triptych.ids import new_id
from triptych.jobs.owner import delete_job
from triptych.memory.reading import list_sources, memories_of_source
from triptych.memory.values import Filter
from triptych.store import Store

OTHER = "somebody else"
Made = tuple[str, Callable[[str], object]]  # a cursor, and what lists from a cursor


def of_sources(store: Store, owner: str) -> Made:
    remember(store, passage("one bee"), owner=owner)
    [source] = list_sources(store, owner, Filter(), None, 1)
    return source.source.id, lambda cursor: list_sources(store, owner, Filter(), cursor, 10)


def of_memories(store: Store, owner: str) -> Made:
    source, _ = of_sources(store, owner)
    [memory] = memories_of_source(store, owner, source, None, 1)
    return memory.id, lambda cursor: memories_of_source(store, owner, source, cursor, 10)


def of_messages(store: Store, owner: str) -> Made:
    conversation = a_conversation(store, owner)
    posted = ask(store, conversation)
    return posted.message.id, lambda cursor: list_messages(store, owner, conversation.id, cursor, 10)


def of_conversations(store: Store, owner: str) -> Made:
    conversation = a_conversation(store, owner)
    return conversation.id, lambda cursor: list_conversations(store, owner, "", _place(store, cursor), 10)


def _place(store: Store, cursor: str) -> Place:
    return store.clock() + 60, cursor


LISTS = [of_sources, of_memories, of_messages, of_conversations]


@pytest.mark.parametrize("made", LISTS)
def test_a_list_goes_on_behind_its_own_cursor(store: Store, made: Callable[[Store, str], Made]) -> None:
    cursor, listed = made(store, OWNER)

    listed(cursor)


@pytest.mark.parametrize("made", LISTS)
def test_somebody_elses_cursor_is_refused_as_one_that_nobody_has(
    store: Store, made: Callable[[Store, str], Made]
) -> None:
    foreign, _ = made(store, OTHER)
    _, listed = made(store, OWNER)

    for cursor in (foreign, new_id()):
        with pytest.raises(UnknownCursor, match=cursor):
            listed(cursor)


@pytest.mark.parametrize("made", [of_memories, of_messages])
def test_a_cursor_of_another_list_of_ones_own_is_refused(store: Store, made: Callable[[Store, str], Made]) -> None:
    elsewhere, _ = made(store, OWNER)
    _, listed = made(store, OWNER)

    with pytest.raises(UnknownCursor):
        listed(elsewhere)


def test_a_cursor_whose_source_was_deleted_is_refused_rather_than_the_end(store: Store) -> None:
    remember(store, passage("a hive"))
    job = remember(store, passage("one bee"))
    [source] = list_sources(store, OWNER, Filter(), None, 1)
    delete_job(store, OWNER, job.id, with_inputs=True)

    with pytest.raises(UnknownCursor):
        list_sources(store, OWNER, Filter(), source.source.id, 10)


def test_a_cursor_whose_conversation_was_deleted_is_refused(store: Store) -> None:
    cursor, listed = of_conversations(store, OWNER)
    delete_conversation(store, OWNER, cursor)

    with pytest.raises(UnknownCursor):
        listed(cursor)
