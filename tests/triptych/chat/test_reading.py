"""Messages are read page by page, and a page holds no more than somebody can be sent."""

import pytest
from sqlalchemy import insert
from support.chatting import a_conversation
from support.work import OWNER

from triptych.chat.reading import list_messages
from triptych.chat.tables import messages
from triptych.ids import first_id_of


@pytest.fixture
def conversation(store):
    return a_conversation(store)


@pytest.fixture
def say(store, conversation):
    """Have these texts be the messages of the conversation, each of which follows the one before."""

    def in_turn(texts):
        row = {"conversation_id": conversation.id, "role": "user", "citations": [], "body": {}, "created_at": 1.0}
        ids = [first_id_of(number) for number in range(len(texts))]
        told = zip(ids, [None, *ids[:-1]], texts, strict=True)
        rows = [{**row, "id": i, "parent_id": p, "text": text} for i, p, text in told]
        with store.database.write() as connection:
            connection.execute(insert(messages), rows)

    return in_turn


def texts(page):
    return [message.text for message in page.items]


def test_ten_thousand_messages_are_read_page_by_page(store, conversation, say):
    said = [str(number) for number in range(10_000)]
    say(said)

    newest = list_messages(store, OWNER, conversation.id, None, 1000)
    before = list_messages(store, OWNER, conversation.id, newest.items[0].id, 1000)

    assert texts(newest) == said[-1000:]
    assert texts(before) == said[-2000:-1000]
    assert newest.has_earlier


def test_page_ends_before_the_message_that_is_too_much_for_it(store, conversation, say):
    said = [letter * 100 for letter in "abcdefghij"]
    say(said)

    newest = list_messages(store, OWNER, conversation.id, None, 1000, most_characters=350)
    before = list_messages(store, OWNER, conversation.id, newest.items[0].id, 1000, most_characters=10_000)

    assert (texts(newest), newest.has_earlier) == (said[-3:], True)
    assert (texts(before), before.has_earlier) == (said[:-3], False)


def test_message_that_is_too_much_for_any_page_is_told_alone(store, conversation, say):
    say(["short", "x" * 1000, "short again"])

    newest = list_messages(store, OWNER, conversation.id, None, 1000, most_characters=100)
    long = list_messages(store, OWNER, conversation.id, newest.items[0].id, 1000, most_characters=100)

    assert (texts(newest), texts(long)) == (["short again"], ["x" * 1000])
    assert long.has_earlier


def test_conversation_without_messages_has_a_page_without_any(store, conversation):
    page = list_messages(store, OWNER, conversation.id, None, 1000)

    assert (texts(page), page.has_earlier) == ([], False)
