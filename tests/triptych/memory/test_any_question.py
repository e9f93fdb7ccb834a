"""Whatever is asked, of any characters and any length: it is answered, and what has a meaning for databases is text."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.remembering import ask, passage, remember, texts_of, vector

from pipelines.house import MemoryKind
from triptych.memory.values import Filter
from triptych.memory.words import MAX_QUESTION_CHARACTERS
from triptych.store import Store

HARBOUR, BREAD = "the harbour at dawn", "a loaf of bread"
# A store for all examples: searches leave nothing in it.
SEARCHING = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
OPERATORS = (
    "AND", "OR", "NOT", "NEAR", "NEAR(", "words:", "stems :", "{words stems}:", "rowid", "memory_words", "^", "+", "-",
    "(", ")", "&", "|", "!", "<->", "<2>", ":*", ":A", "'", "''", "\\", "%s", "%(x)s", ":x", "?", "$1", ";", "--", "/*",
    "\0", "\ud800", "*", "{", "}", "[", "]", ",", "\u200d", "\u0301", "\ufeff", "\ue000",
)  # fmt: skip

anything = st.text(st.characters(), max_size=200)
pieces = st.lists(st.one_of(st.sampled_from(OPERATORS), st.sampled_from(['"', "“"]), anything), max_size=12)
questions = st.one_of(anything, pieces.map(" ".join), pieces.map("".join))
literal = st.lists(st.sampled_from(OPERATORS), max_size=8).map(" ".join)


def remembered(store: Store) -> None:
    """Two passages, once."""
    if not ask(store).hits:
        remember(store, passage(HARBOUR, 0, vector(1, 0, 0)), passage(BREAD, 100))


@SEARCHING
@given(question=questions)
@example(question="a" * MAX_QUESTION_CHARACTERS)
@example(question="\U0001f600" * (MAX_QUESTION_CHARACTERS + 1))
@example(question='" "' * 6000)
@example(question="漢字" * 8000)
@example(question="e\u0301" * 9000)
def test_any_question_is_answered_with_marks_that_lie_in_what_is_shown(store: Store, question: str) -> None:
    remembered(store)

    found = ask(store, question, vector(1, 0, 0), only=Filter(kinds=[MemoryKind.PASSAGE]))

    assert set(texts_of(found)) <= {HARBOUR, BREAD}
    assert all(0 <= start < end <= len(hit.snippet) for hit in found.hits for start, end in hit.marks)


@SEARCHING
@given(before=literal, behind=literal)
def test_operators_around_a_word_are_text_beside_it(store: Store, before: str, behind: str) -> None:
    remembered(store)

    found = ask(store, f"{before} harbour {behind}")

    assert HARBOUR in texts_of(found)


@SEARCHING
@given(before=literal, behind=literal)
def test_operators_within_quotation_marks_join_no_words_and_part_none(store: Store, before: str, behind: str) -> None:
    remembered(store)

    found = ask(store, f'"{before} no such words {behind}" harbour')

    assert texts_of(found) == []
