"""Conversations are listed page by page and found by their words, however much was said in them."""

import pytest
from sqlalchemy import insert
from support.chatting import a_conversation, answered, ask
from support.work import OWNER

from triptych.chat.conversations import change_conversation
from triptych.chat.finding import STRETCH, list_conversations
from triptych.chat.tables import conversations, messages
from triptych.ids import first_id_of

MANY = 4 * STRETCH  # conversations
SAID = 25  # messages of each of them


def ids(page):
    return [one.id for one in page.items]


@pytest.fixture
def years(store):
    """What somebody talked about for years: five thousand messages. The oldest conversation names the herring."""
    made = [first_id_of(number) for number in range(MANY)]
    said = {"role": "user", "parent_id": None, "citations": [], "body": {}, "created_at": 1.0}
    with store.database.write() as connection:
        connection.execute(insert(conversations), [a_row(i, at) for at, i in enumerate(made)])
        for at, one in enumerate(made):
            texts = ["Of herring." if (at, number) == (0, 3) else "Of bread." for number in range(SAID)]
            rows = [{**said, "id": first_id_of(MANY + at * SAID + n), "text": text} for n, text in enumerate(texts)]
            connection.execute(insert(messages), [{**row, "conversation_id": one} for row in rows])
    return made


def a_row(conversation_id, at, owner=OWNER):
    told = {"id": conversation_id, "owner": owner, "title": "", "title_by": "auto", "settings": SETTINGS}
    return {**told, "summary": "", "created_at": float(at), "updated_at": float(at)}


SETTINGS = {"memory": "always", "system": "", "model": "", "temperature": 0.2, "speak": False}


def test_conversations_are_told_last_used_first_page_by_page(timed, clock):
    made = []
    for _ in range(3):
        made.append(a_conversation(timed))
        clock.forward(1)
    ask(timed, made[0])

    first = list_conversations(timed, OWNER, "", None, 2)
    rest = list_conversations(timed, OWNER, "", first.next, 2)

    assert ids(first) + ids(rest) == [made[0].id, made[2].id, made[1].id]
    assert rest.next is None


def test_conversation_is_found_by_words_of_its_title_and_messages(store):
    titled, said, _other = (a_conversation(store) for _ in range(3))
    change_conversation(store, OWNER, titled.id, "100% herring", {})
    answered(store, said, "Who paid for the Herring?")

    found = list_conversations(store, OWNER, "herring", None, 10)

    assert set(ids(found)) == {titled.id, said.id}
    assert ids(list_conversations(store, OWNER, "100%", None, 10)) == [titled.id]


def test_somebody_elses_conversations_are_not_found(store):
    ask(store, a_conversation(store, "bob"), "Who paid for the herring?")

    assert ids(list_conversations(store, OWNER, "", None, 10)) == []
    assert ids(list_conversations(store, OWNER, "herring", None, 10)) == []


def test_one_word_among_thousands_of_messages_is_found(store, years):
    found = list_conversations(store, OWNER, "herring", None, 10, looks_s=60)

    assert (ids(found), found.next) == ([years[0]], None)


def test_search_whose_time_is_over_is_gone_on_with_by_the_next_page(store, years):
    pages = [list_conversations(store, OWNER, "herring", None, 10, looks_s=0)]
    while pages[-1].next:
        pages.append(list_conversations(store, OWNER, "herring", pages[-1].next, 10, looks_s=0))

    assert [len(page.items) for page in pages[:3]] == [0, 0, 0]
    assert [found for page in pages for found in ids(page)] == [years[0]]


@pytest.mark.parametrize(("most_messages", "looked_through"), [(4 * SAID, 4), (1, 1)])
def test_no_stretch_has_more_messages_than_are_looked_through_at_once(store, years, most_messages, looked_through):
    page = list_conversations(store, OWNER, "herring", None, 10, looks_s=0, most_messages=most_messages)

    assert (ids(page), page.next) == ([], (float(MANY - looked_through), years[-looked_through]))


def test_search_in_short_stretches_comes_to_the_end(store, years):
    found = list_conversations(store, OWNER, "herring", None, 10, looks_s=60, most_messages=30 * SAID)

    assert (ids(found), found.next) == ([years[0]], None)


def test_page_of_what_is_found_is_gone_on_with_behind_its_last(store, years):
    first = list_conversations(store, OWNER, "bread", None, 30, looks_s=60)
    second = list_conversations(store, OWNER, "bread", first.next, 30, looks_s=60)

    assert ids(first) + ids(second) == years[::-1][:60]
