"""Lines are read as a person reads a page: columns, what spans them, forms row by row."""

import math
import random

import pytest

from pipelines.engines.reading_order import in_reading_order
from pipelines.engines.text_line import Region


def region(x: float, y: float, width: float = 100, height: float = 20) -> Region:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def column(x: float, y: float, lines: int, width: float = 300) -> list[Region]:
    """Lines of running text, of which every fourth ends early."""
    return [region(x, y + 30 * line, width if line % 4 != 3 else width / 2) for line in range(lines)]


def turned(regions: list[Region], degrees: float) -> list[Region]:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def point(x: float, y: float) -> tuple[float, float]:
        return x * cosine - y * sine, x * sine + y * cosine

    return [(point(*a), point(*b), point(*c), point(*d)) for a, b, c, d in regions]


def shuffled(regions: list[Region]) -> list[Region]:
    return random.Random(0).sample(regions, len(regions))


def test_regions_are_read_row_by_row_and_from_the_left() -> None:
    title, left, right, last = region(50, 0), region(0, 40), region(300, 36), region(0, 80)

    ordered = in_reading_order([last, right, title, left])

    assert ordered == [title, left, right, last]


def test_slanted_lines_below_each_other_stay_rows_of_their_own() -> None:
    upper = ((0.0, 10.0), (400.0, 0.0), (400.0, 20.0), (0.0, 30.0))
    lower = ((0.0, 50.0), (400.0, 40.0), (400.0, 60.0), (0.0, 70.0))

    ordered = in_reading_order([lower, upper])

    assert ordered == [upper, lower]


def test_page_without_lines_has_no_order() -> None:
    assert in_reading_order([]) == []


def test_columns_are_read_one_after_the_other() -> None:
    page = [*column(0, 0, 12), *column(340, 0, 12)]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


def test_columns_of_a_script_from_the_right_are_read_from_there() -> None:
    headline, left, right = region(0, 0, 640, 40), column(0, 60, 12), column(340, 60, 12)
    page = [headline, *right, *left]

    ordered = in_reading_order(shuffled(page), from_the_right=True)

    assert ordered == page


def test_headline_and_footer_over_two_columns_keep_their_places() -> None:
    headline, footer = region(0, 0, 640, 40), region(0, 500, 640)
    page = [headline, *column(0, 60, 12), *column(340, 60, 12), footer]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


def test_headline_between_columns_parts_what_is_above_from_what_is_below() -> None:
    page = [*column(0, 0, 5), *column(340, 0, 5), region(0, 170, 640), *column(0, 210, 5), *column(340, 210, 5)]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


def test_three_columns_are_read_from_the_left() -> None:
    page = [*column(0, 0, 6, 180), *column(220, 0, 6, 180), *column(440, 0, 6, 180)]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


def test_narrow_sidebar_is_read_after_the_article() -> None:
    page = [*column(0, 0, 14, 440), *column(480, 100, 5, 150)]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


@pytest.mark.parametrize("degrees", [6, -12, 90, 177, 180, -93])
def test_page_that_lies_otherwise_is_read_like_a_straight_one(degrees: float) -> None:
    page = turned([region(0, 0, 640, 40), *column(0, 60, 12), *column(340, 60, 12)], degrees)

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


def test_rows_of_a_bill_are_read_across() -> None:
    rows = [(region(0, y, 260), region(420, y, 60), region(560, y, 80)) for y in range(0, 240, 30)]
    page = [cell for row in rows for cell in row]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


@pytest.mark.parametrize(("left", "right"), [(2, 2), (3, 1), (1, 4)])
def test_few_lines_below_a_caption_are_columns_where_the_page_has_columns(left: int, right: int) -> None:
    above, caption = [*column(0, 0, 6), *column(340, 0, 6)], region(0, 190, 640)
    page = [*above, caption, *column(0, 230, left), *column(340, 230, right)]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


def test_text_that_ends_at_the_top_of_its_second_column_is_read_by_columns() -> None:
    page = [*column(0, 0, 8), *column(340, 0, 2)]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


def test_two_rows_of_a_form_are_read_across() -> None:
    form = [region(0, 0, 150), region(340, 0, 200), region(0, 30, 200), region(340, 30, 160)]
    below = [region(0, 60, 180), region(0, 90, 140), region(0, 120, 170)]
    page = [*form, *below]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


def test_large_name_is_read_before_the_address_beside_it() -> None:
    name = region(0, 0, 300, 110)
    address = [region(450, 0, 150), region(400, 40, 200), region(500, 80, 100)]  # flush right
    page = [name, *address, region(0, 150, 500)]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page


def test_large_first_letter_is_read_before_the_lines_beside_it() -> None:
    lines = [region(70, 0, 530), region(66, 30, 534), region(0, 60, 600), region(0, 90, 600)]
    page = [region(0, 2, 60, 48), *lines]

    ordered = in_reading_order(shuffled(page))

    assert ordered == page
