# ruff: noqa: RUF001 (Chinese has signs of its own)
"""Sentences and passages that remember where they stand."""

from collections.abc import Sequence
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.media.passages import COUNTED_AT_ONCE, MAX_SENTENCE_CHARACTERS, each_sentence, passages, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        (
            "Dr. Smith met J. Doe at 3.15 p.m. on Monday. They left.",
            ["Dr. Smith met J. Doe at 3.15 p.m. on Monday.", "They left."],
        ),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("A line\nwrapped here. Next.", ["A line wrapped here.", "Next."]),
        ("A title\n\nA paragraph", ["A title", "A paragraph"]),
        ("今天很好。我们走吧！「好。」他说", ["今天很好。", "我们走吧！", "「好。」", "他说"]),
        ("هل أنت هنا؟ نعم. حسنا", ["هل أنت هنا؟", "نعم.", "حسنا"]),
        ("1. First item is here.\n\n2. Second.", ["1. First item is here.", "2. Second."]),
        ("Wait... what? Yes", ["Wait...", "what?", "Yes"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_text_is_cut_where_a_reader_would(text: str, expected: list[str]) -> None:
    spans = sentences(text)

    assert [span.of(text) for span in spans] == expected


@given(st.text(alphabet="aB .!?。\n\u2029é中😀", max_size=300))
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    spans = sentences(text)

    covered = "".join("".join(text[span.start : span.end].split()) for span in spans)
    assert covered == "".join(text.split())


def test_text_without_full_stops_is_cut_in_bounded_pieces() -> None:
    text = "word " * 1000

    spans = sentences(text)

    assert max(span.end - span.start for span in spans) <= MAX_SENTENCE_CHARACTERS
    assert " ".join(span.of(text) for span in spans) == text.strip()


def test_million_full_stops_are_one_row() -> None:
    text = "." * 1_000_000

    spans = sentences(text)

    assert len(spans) == 1_000_000 // MAX_SENTENCE_CHARACTERS


def test_neighbouring_sentences_join_up_to_the_bound() -> None:
    text = "One two. Three four. Five six. Seven."

    found = passages(text, each_sentence(text), lambda texts: [len(text.split()) for text in texts], max_tokens=4)

    assert [span.of(text) for span in found] == ["One two. Three four.", "Five six. Seven."]


def test_sentence_beyond_the_bound_is_halved_at_white_space() -> None:
    text = "one two three four five six seven eight"

    found = passages(text, sentences(text), lambda texts: [len(text.split()) for text in texts], max_tokens=4)

    assert [span.of(text) for span in found] == ["one two three four", "five six seven eight"]


def test_long_document_is_counted_a_slice_at_a_time_and_no_further_than_is_asked() -> None:
    text = "A sentence. " * 5000
    counted: list[int] = []

    def count(texts: Sequence[str]) -> list[int]:
        counted.append(len(texts))
        return [20] * len(texts)

    first = list(islice(passages(text, each_sentence(text), count, max_tokens=40), 700))

    assert [span.of(text) for span in first] == ["A sentence. A sentence."] * 700
    assert counted == [COUNTED_AT_ONCE] * 2
