"""Which way round a page lies, by the shapes of its lines."""

import pytest

from pipelines.engines.page_turn import Turn, as_it_runs, possible_turns
from pipelines.engines.text_line import Region

ALONG: Region = ((10, 20), (310, 20), (310, 40), (10, 40))
ACROSS: Region = ((10, 20), (30, 20), (30, 320), (10, 320))
WORD: Region = ((0, 0), (20, 0), (20, 18), (0, 18))


@pytest.mark.parametrize(
    ("regions", "turns"),
    [
        ([ALONG, ALONG, ACROSS], (Turn.NONE, Turn.HALF)),
        ([ALONG, ACROSS, ACROSS], (Turn.QUARTER, Turn.THREE_QUARTERS)),
        ([ALONG, *[WORD] * 9], (Turn.NONE, Turn.HALF)),
        ([WORD], (Turn.NONE, Turn.HALF)),
    ],
)
def test_most_of_the_text_tells_whether_a_page_lies_on_its_side(
    regions: list[Region], turns: tuple[Turn, Turn]
) -> None:
    assert possible_turns(regions) == turns


@pytest.mark.parametrize(
    ("turn", "first", "second"),
    [
        (Turn.NONE, (10, 20), (310, 20)),
        (Turn.QUARTER, (310, 20), (310, 40)),
        (Turn.HALF, (310, 40), (10, 40)),
        (Turn.THREE_QUARTERS, (10, 40), (10, 20)),
    ],
)
def test_corners_begin_where_the_text_does(turn: Turn, first: tuple[int, int], second: tuple[int, int]) -> None:
    assert as_it_runs(ALONG, turn)[:2] == (first, second)
