"""Lines in rows and columns are a table; prose, in one column or two, is none."""

import cmath
import math
from dataclasses import replace

import pytest

from pipelines.engines.tables import tables_among
from pipelines.engines.text_line import Line

HEADINGS, FIRST, LAST = ("Item", "Pieces", "Price"), ("Rope", "2", "12.50"), ("Anchor chain", "1", "380.00")


def line(text: str, x: float, y: float) -> Line:
    width = 10 * len(text)
    return Line(text, 0.99, ((x, y), (x + width, y), (x + width, y + 20), (x, y + 20)))


def rows(*texts: tuple[str, ...], top: float = 0) -> list[Line]:
    """Cells at three columns of a page; the last is flush right, an empty text is no line."""
    return [
        line(text, x if x < 400 else 500 - 10 * len(text), top + 40 * row)
        for row, cells in enumerate(texts)
        for text, x in zip(cells, (0, 200, 400), strict=True)
        if text
    ]


def test_rows_and_columns_are_a_table() -> None:
    [table] = tables_among(rows(HEADINGS, FIRST, LAST))

    assert table.rows == (HEADINGS, FIRST, LAST)
    assert table.box == {"x": 0, "y": 0, "width": 500, "height": 100}


def test_cell_that_is_empty_stays_empty() -> None:
    total = ("Total", "", "392.50")

    [table] = tables_among(rows(HEADINGS, FIRST, total))

    assert table.rows == (HEADINGS, FIRST, total)


def test_row_of_one_cell_between_others_is_a_row() -> None:
    heading = ("Small", "", "")

    [table] = tables_among(rows(HEADINGS, FIRST, heading, LAST))

    assert table.rows == (HEADINGS, FIRST, heading, LAST)


@pytest.mark.parametrize("column", [0, 1, 2])
def test_further_lines_of_a_cell_are_its_own(column: int) -> None:
    further = [line(text, (0, 200, 440)[column], y) for text, y in (("of iron", 104), ("1 inch", 128))]
    long = tuple(f"{text} of iron 1 inch" if number == column else text for number, text in enumerate(LAST))

    [table] = tables_among([*rows(HEADINGS, FIRST, LAST), *further, *rows(FIRST, top=168)])

    assert table.rows == (HEADINGS, FIRST, long, FIRST)


def test_further_lines_of_the_last_row_stay_in_reading_order_from_the_right() -> None:
    [table] = tables_among([*rows(HEADINGS, FIRST, LAST), line("of iron", 0, 104)], from_the_right=True)

    assert table.rows[-1] == ("380.00", "1", "Anchor chain of iron")


def test_sentence_across_the_columns_parts_two_tables() -> None:
    across = line("What the harbour office asks you to pay from today", 0, 120)

    found = tables_among([*rows(HEADINGS, FIRST, LAST), across, *rows(HEADINGS, LAST, FIRST, top=160)])

    assert [table.rows for table in found] == [(HEADINGS, FIRST, LAST), (HEADINGS, LAST, FIRST)]


def test_columns_close_to_each_other_stay_two() -> None:
    page = [line(text, x, 40 * row) for row in range(3) for x, text in ((0, f"A{row}"), (32, f"Rope no {row}"))]

    [table] = tables_among(page)

    assert table.rows == (("A0", "Rope no 0"), ("A1", "Rope no 1"), ("A2", "Rope no 2"))


@pytest.mark.parametrize("degrees", [3, 90, 180])
def test_table_that_lies_otherwise_is_the_same_table(degrees: float) -> None:
    turn = cmath.exp(1j * math.radians(degrees))

    def turned(point: tuple[float, float]) -> tuple[float, float]:
        there = complex(*point) * turn
        return there.real, there.imag

    page = [replace(one, polygon=tuple(map(turned, one.polygon))) for one in rows(HEADINGS, FIRST, LAST)]

    [table] = tables_among(page)

    assert table.rows == (HEADINGS, FIRST, LAST)


def test_cells_of_a_table_that_runs_from_the_right_come_from_there() -> None:
    [table] = tables_among(rows(HEADINGS, FIRST, LAST), from_the_right=True)

    assert table.rows == (HEADINGS[::-1], FIRST[::-1], LAST[::-1])


def test_tables_far_apart_are_two() -> None:
    page = [*rows(HEADINGS, FIRST, LAST), *rows(HEADINGS, LAST, FIRST, top=400)]

    found = tables_among(page)

    assert [table.rows for table in found] == [(HEADINGS, FIRST, LAST), (HEADINGS, LAST, FIRST)]


def test_sentence_above_a_table_is_no_part_of_it() -> None:
    page = [line("What the harbour office asks you to pay", 0, 0), *rows(HEADINGS, FIRST, LAST, top=40)]

    [table] = tables_among(page)

    assert table.lines == frozenset(range(1, 10))


def test_two_rows_are_no_table() -> None:
    assert tables_among(rows(HEADINGS, FIRST)) == []


def test_prose_is_no_table() -> None:
    page = [line("The harbour was built by hand in the years", 0, 40 * row) for row in range(8)]

    assert tables_among(page) == []


def test_two_columns_of_prose_are_no_table() -> None:
    left = [line("The harbour was built by hand"[: 29 if row % 4 else 12], 0, 40 * row) for row in range(8)]
    right = [line("Today it is a quiet place for"[: 29 if row % 4 else 15], 330, 40 * row) for row in range(8)]

    assert tables_among([*left, *right]) == []


def test_page_without_lines_has_no_table() -> None:
    assert tables_among([]) == []
