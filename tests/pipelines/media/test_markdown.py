"""Markdown reads as prose and keeps its places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.media.markdown import as_prose, tables_of
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


@pytest.mark.parametrize(
    ("markdown", "rows"),
    [
        (
            "Ports\n\n| Port | Opened |\n|:---|---:|\n| Ardal | 1871 |\n\nafter",
            ["| Port | Opened |", "| Ardal | 1871 |"],
        ),
        ("```\n| in | code |\n```\n\n| a |", ["| a |"]),
        ("no | table here", []),
    ],
)
def test_rows_of_tables_are_told_apart_from_prose(markdown: str, rows: list[str]) -> None:
    tables = tables_of(markdown)

    assert [span.of(tables) for span in sentences(tables)] == rows


@given(st.text(alphabet="ab |-:\n\t`<>", max_size=200))
def test_rows_keep_their_places(markdown: str) -> None:
    tables = tables_of(markdown)

    assert len(tables) == len(markdown)
    assert all(after == before for before, after in zip(markdown, tables, strict=True) if not after.isspace())
