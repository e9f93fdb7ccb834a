"""What the words of a question find, whatever they are made of."""

import pytest
from support.remembering import ask, passage, remember, texts_of, vector

from triptych.store import Store

pytestmark = pytest.mark.redis

# What SQLite's FTS5 and PostgreSQL's tsquery have a meaning for, and what no database takes.
SYNTAX = (
    'NEAR("harbour at", 2) AND OR NOT',
    "harbour AND",
    "* ** *harbour -harbour ^harbour",
    "words : harbour stems:x {words}",
    '"" """ harbour',
    '"harbour',
    "harbour & | ! <-> :* \\ 'quote''",
    "\x00 harbour\x00",
    "\ud800 harbour \udfff",
    "%s %(x)s :harbour {0}",
)
WITHOUT_WORDS = ("", '"', "(((", "* -", "\x00", "\ud800", "\U0001f600\U0001f680", "\u0301 \u0301")


def test_a_word_is_found_in_its_other_forms_and_better_in_its_own(store: Store) -> None:
    remember(store, passage("houses by the sea", 0), passage("a house by the sea", 100), passage("no such thing", 200))

    found = ask(store, "house")

    assert texts_of(found) == ["a house by the sea", "houses by the sea"]


def test_accents_case_and_width_do_not_matter(store: Store) -> None:
    remember(store, passage("Le Café de l'École", language="fr"))

    assert texts_of(ask(store, "cafe")) == texts_of(ask(store, "ＥＣＯＬＥ")) == ["Le Café de l'École"]  # noqa: RUF001


def test_a_phrase_must_stand_there_whatever_else_is_near(store: Store) -> None:
    remember(
        store,
        passage("the brown fox jumps", 0, vector(0, 1, 0)),
        passage("the fox is brown", 100, vector(1, 0, 0)),
    )

    found = ask(store, '"brown fox" jumps', vector(1, 0, 0))

    assert texts_of(found) == ["the brown fox jumps"]


def test_a_star_behind_a_beginning_finds_what_goes_on_with_it(store: Store) -> None:
    remember(store, passage("photography for all", 0), passage("a telephoto lens", 100))

    assert texts_of(ask(store, "photo*")) == ["photography for all"]
    assert texts_of(ask(store, "photo")) == []


def test_scripts_without_spaces_are_found_by_their_parts(store: Store) -> None:
    remember(store, passage("東京都に行く", language="ja"))

    found = {question: len(ask(store, question).hits) for question in ("東京", "京", "く", '"東京都に"', "大阪")}

    assert found == {"東京": 1, "京": 1, "く": 1, '"東京都に"': 1, "大阪": 0}


def test_common_words_find_nothing_beside_others(store: Store) -> None:
    remember(store, passage("this is the end", 0), passage("a lighthouse", 100))

    assert texts_of(ask(store, "what is the lighthouse")) == ["a lighthouse"]
    assert texts_of(ask(store, "the")) == ["this is the end"]


def test_a_question_is_taken_literally(store: Store) -> None:
    remember(store, passage("the harbour at dawn", 0), passage("a loaf of bread", 100))

    found = {question: texts_of(ask(store, question)) for question in SYNTAX}

    assert found == {key: ["the harbour at dawn"] for key in SYNTAX}


def test_a_question_without_a_word_shows_the_newest(store: Store) -> None:
    remember(store, passage("the harbour at dawn", 0), passage("a loaf of bread", 100))

    found = {question: texts_of(ask(store, question)) for question in WITHOUT_WORDS}

    assert found == {key: ["a loaf of bread", "the harbour at dawn"] for key in WITHOUT_WORDS}


def test_a_question_of_a_megabyte_is_answered(store: Store) -> None:
    remember(store, passage("the harbour at dawn"))

    found = ask(store, "harbour " + "x y z " * 170_000)

    assert texts_of(found) == ["the harbour at dawn"]
