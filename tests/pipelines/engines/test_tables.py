"""Lines in rows and columns are a table; prose, in one column or two, is none."""

import cmath
import math
from dataclasses import replace
from itertools import chain

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


def standing(columns: tuple[int, ...], tops: tuple[int, ...], *texts: tuple[str, ...]) -> list[Line]:
    """Cells at the columns, flush left; an empty text is no line."""
    places = [(x, top) for top in tops for x in columns]
    return [line(text, *place) for place, text in zip(places, chain(*texts), strict=True) if text]


STOCK = (("Item", "Pieces", "Notes"), ("Rope", "2", ""), ("Anchor", "1", ""), ("Buoy", "4", ""), ("Lamp", "9", ""))
BOUGHT = (("Rope", "2", "12.50"), ("Buoy", "4", "10.00"), ("Oar", "1", "8.00"), ("Lamp", "1", "18.00"))
TOTALS = (("", "Net", "48.50"), ("", "VAT", "9.22"), ("", "Total", "57.72"))
FRUIT = (("Apple", "1.20"), ("Pear", "1.40"), ("Plum", "0.90"))
SERVICES = (("Cut", "5.00"), ("Delivery to the door", "9.00"), ("Wrapping", "1.00"), ("Assembly at home", "25.00"))
FORM = (("Name", "Anna Meier"), ("Street", "Dock Road 4"), ("Town", "Hamburg"), ("Phone", "040 123"))
TIMES = (("Mon", "Tue", "Wed"), ("8", "9", "10"), ("11", "12", ""), ("", "13", "14"), ("15", "16", "17"))
FOOTER, SIGNATURE = ("Bank", "VAT 9", "Page 1"), ("Date", "12.3.", "Place", "Hamburg")
STEPS = (("Boil water", "1 pot"), ("Add salt", ""), ("Stir it", "2 spoons"), ("Let cool", ""), ("Serve it", "3 bowls"))
SENDER = (("Harbour Ltd", "Tel 040 123"), ("Dock Road 4", ""), ("20457 Hamburg", "mail@h.de"), ("Germany", "Fax 040"))
PROSE = (("The harbour was built by hand", "Today it is a quiet place for"),) * 3
NOTED = tuple(("The harbour was built by hand in the years", "note" * (row % 2)) for row in range(12))

Texts = tuple[tuple[str, ...], ...]


def wider(texts: Texts, columns: int) -> Texts:
    return tuple(row + ("",) * (columns - len(row)) for row in texts)


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


def test_row_that_wraps_first_is_found_where_three_columns_are_in_line() -> None:
    wrapped = [line("of iron", 0, top) for top in (24, 88, 152)]

    [table] = tables_among([*standing((0, 200, 400), (0, 64, 128), *BOUGHT[:3]), *wrapped])

    assert table.rows == tuple((f"{name} of iron", pieces, price) for name, pieces, price in BOUGHT[:3])


@pytest.mark.parametrize(
    ("between", "below"),
    [
        pytest.param([("Small", 0, 135)], 175, id="further off above than rows are"),
        pytest.param([("Small", 0, 108)], 148, id="closer than rows are, further off than lines"),
        pytest.param([("abc", 45, 104)], 144, id="flush with no cell"),
        pytest.param([("Small", 0, 120), ("Smaller", 0, 160)], 200, id="one of two"),
    ],
)
def test_cell_alone_parts_two_tables(between: list[tuple[str, float, float]], below: int) -> None:
    page = [*rows(HEADINGS, LAST, FIRST), *(line(*one) for one in between), *rows(HEADINGS, LAST, FIRST, top=below)]

    found = tables_among(page)

    assert [table.rows for table in found] == [(HEADINGS, LAST, FIRST)] * 2


def test_cell_keeps_its_further_line_above_a_sentence_and_a_tighter_table() -> None:
    wrapped = [*rows(HEADINGS, LAST), line("of iron", 0, 64), *rows(FIRST, top=104)]
    sentence = line("What the harbour office asks you to pay", 0, 128)

    found = tables_among([*wrapped, sentence, *standing((60, 300), (170, 195, 220), *FRUIT)])

    assert [table.rows for table in found] == [(HEADINGS, ("Anchor chain of iron", *LAST[1:]), FIRST), FRUIT]


KEPT = {
    "a note close below": ([*rows(HEADINGS, LAST, FIRST), line("with tax", 0, 104)], [(HEADINGS, LAST, FIRST)]),
    "prose of its columns": (standing((0, 330), (*range(0, 280, 40),), *FRUIT, ("Harbour", ""), *PROSE), [FRUIT]),
    "too many rows of one cell": (
        standing((0, 150), tuple(range(0, 330, 30)), *FRUIT, *(("Fruit", ""), ("Fig", "2.10")) * 4),
        [FRUIT],
    ),
    "a column that is blank but for its heading, below a title": (
        [line("Inventory", 0, 0), *standing((0, 200, 400), (55, 83, 111, 139, 167), *STOCK)],
        [STOCK],
    ),
    "totals closer to each other than items": (
        standing((0, 200, 400), (0, 50, 100, 150, 200, 232, 264), *BOUGHT, *TOTALS),
        [BOUGHT + TOTALS],
    ),
    "a caption between tables of other columns": (
        standing((0, 150), (0, 30, 60, 90), *FRUIT, ("Services", ""))
        + standing((0, 300), (120, 150, 180, 210), *SERVICES),
        [FRUIT, SERVICES],
    ),
    "a footer of more cells": (
        standing((0, 300), (0, 32, 64), *FRUIT) + standing((0, 300, 600), (122,), FOOTER),
        [(*wider(FRUIT, 3), FOOTER)],
    ),
    "a form's signature of more cells": (
        standing((0, 200), (0, 30, 60, 90), *FORM) + standing((0, 200, 400, 600), (146,), SIGNATURE),
        [(*wider(FORM, 4), SIGNATURE)],
    ),
    "blank cells in rows closer by": (standing((0, 200, 400), (0, 50, 78, 106, 156), *TIMES), [TIMES]),
    "a loose table before a tight one of fewer columns": (
        standing((0, 200, 400), (0, 50, 100, 150), *BOUGHT) + standing((0, 200), (208, 236, 264), *FRUIT),
        [BOUGHT + wider(FRUIT, 3)],
    ),
}


@pytest.mark.parametrize(("page", "tables"), KEPT.values(), ids=KEPT)
def test_table_keeps_its_rows_of_several_cells_and_no_others(page: list[Line], tables: list[Texts]) -> None:
    found = tables_among(page)

    assert [table.rows for table in found] == tables


@pytest.mark.parametrize("texts", [STEPS, SENDER, NOTED], ids=["a legend", "a letterhead", "margin notes"])
def test_lines_with_something_beside_every_other_are_no_table(texts: Texts) -> None:
    assert tables_among(standing((0, 500), tuple(range(0, 28 * len(texts), 28)), *texts)) == []


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
