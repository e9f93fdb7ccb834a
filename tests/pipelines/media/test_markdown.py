"""Markdown reads as prose and keeps its places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.media.markdown import as_prose
from pipelines.media.passages import sentences


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Title\nSome **bold.** Next *one* here", ["Title", "Some bold.", "Next one here"]),
        ("A [link](http://x.y/z) and [M] stay, 2 * 3 too", ["A link and [M] stay, 2 * 3 too"]),
        ("- one\n- two\n1. three", ["one", "two", "three"]),
        ("Title\n=====\ntext", ["Title", "text"]),
        ("before\n\n```py\nx = 1\n```\n\nafter", ["before", "after"]),
        ("before\n\n    indented code\n\nafter", ["before", "after"]),
        ("- item\n\n    more of it", ["item", "more of it"]),
        ("| a | b |\n|---|---|\n\nafter", ["after"]),
        ("---\ntitle: x\n---\ntext", ["text"]),
        ("![picture](a.png) a <b>word</b> <!-- unseen -->", ["a word"]),
        ("snake_case stays, _this_ goes", ["snake_case stays, this goes"]),
    ],
)
def test_marks_go_and_words_stay(markdown: str, expected: list[str]) -> None:
    prose = as_prose(markdown)

    assert [span.of(prose) for span in sentences(prose)] == expected


@given(st.text(alphabet="ab *_`#-[]()!<>|\n\t1.~=", max_size=200))
def test_every_character_keeps_its_place(markdown: str) -> None:
    prose = as_prose(markdown)

    assert len(prose) == len(markdown)
    assert all(after == before for before, after in zip(markdown, prose, strict=True) if after.isalnum())
