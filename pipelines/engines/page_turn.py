"""Which way round a page lies, told by its lines: a finder of lines names their corners as the picture has them."""

import math
from collections.abc import Sequence
from enum import IntEnum
from typing import cast

from pipelines.engines.text_line import Region

LEAST_LENGTH = 1.5  # of a line whose direction can be told, in its heights


class Turn(IntEnum):
    """How many quarters of a circle a page was turned clockwise."""

    NONE = 0
    QUARTER = 1
    HALF = 2
    THREE_QUARTERS = 3


def possible_turns(regions: Sequence[Region]) -> tuple[Turn, Turn]:
    """The two ways in which a page may lie: with its lines along the picture or across it, as most of them are."""
    sides = [(math.dist(region[0], region[1]), math.dist(region[1], region[2])) for region in regions]
    along = sum(width for width, height in sides if width > LEAST_LENGTH * height)
    across = sum(height for width, height in sides if height > LEAST_LENGTH * width)
    return (Turn.QUARTER, Turn.THREE_QUARTERS) if across > along else (Turn.NONE, Turn.HALF)


def as_it_runs(region: Region, turn: Turn) -> Region:
    """The corners from the text's own top left, on a page that was turned so."""
    return cast(Region, (*region[turn:], *region[:turn]))


def longest(regions: Sequence[Region], count: int) -> list[Region]:
    """Those with most text in them, as far as their shapes tell."""
    return sorted(regions, key=_longer_side, reverse=True)[:count]


def _longer_side(region: Region) -> float:
    return max(math.dist(region[0], region[1]), math.dist(region[1], region[2]))
