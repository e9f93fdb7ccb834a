"""A page's lines as upright rectangles, as they would stand had the page lain straight, and the rows they form."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from pipelines.engines.text_line import Region

QUARTER = math.pi / 2
LEAST_LENGTH = 3.0  # of a line that has an angle, in its heights
TALL = 1.5  # times as high as the lines beside it is what may reach over several rows of them


@dataclass(frozen=True, slots=True)
class Box:
    """A line's rectangle on the page turned straight; ``index`` is its place among the regions given."""

    index: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top


def straightened(regions: Sequence[Region]) -> list[Box]:
    """The regions' rectangles after the page was turned by the usual angle of its longer lines, whichever it is."""
    angle = _usual_angle([_angle(region) for region in regions if _is_long(region)])
    cosine, sine = math.cos(-angle), math.sin(-angle)
    boxes: list[Box] = []
    for index, region in enumerate(regions):
        xs = [x * cosine - y * sine for x, y in region]
        ys = [x * sine + y * cosine for x, y in region]
        boxes.append(Box(index, min(xs), min(ys), max(xs), max(ys)))
    return boxes


def in_rows(boxes: Sequence[Box]) -> list[list[Box]]:
    """Rows from the top, each from the left: lines of which one's middle lies beside the other.

    What is so tall that several rows stand beside it, such as a large first letter, is of the first of them.
    """
    downward = sorted(boxes, key=lambda one: one.middle)
    rows: list[list[Box]] = []
    for box in sorted((_at_its_first_row(box, downward) for box in downward), key=lambda one: one.middle):
        if rows and _are_beside(box, rows[-1][0]):
            rows[-1].append(box)
        else:
            rows.append([box])
    as_given = {box.index: box for box in boxes}
    return [[as_given[one.index] for one in sorted(row, key=lambda one: one.left)] for row in rows]


def _at_its_first_row(box: Box, downward: Sequence[Box]) -> Box:
    """The box, or as much of it as stands beside the first of the several rows that it reaches over."""
    first = bisect_right(downward, box.top, key=lambda one: one.middle)
    end = bisect_left(downward, box.bottom, key=lambda one: one.middle)
    smaller = [one for one in downward[first:end] if one.height * TALL <= box.height]
    if not smaller or _are_beside(smaller[0], smaller[-1]):
        return box
    return replace(box, top=smaller[0].top, bottom=smaller[0].bottom)


def _are_beside(one: Box, other: Box) -> bool:
    return other.top < one.middle < other.bottom or one.top < other.middle < one.bottom


def _usual_angle(angles: Sequence[float]) -> float:
    """The median of the angles around the quarter of the circle in which most lie; 0 where there are none."""
    if not angles:
        return 0.0
    [(turns, _)] = Counter(round(angle / QUARTER) % 4 for angle in angles).most_common(1)
    from_there = [math.remainder(angle - turns * QUARTER, math.tau) for angle in angles]
    return turns * QUARTER + median(angle for angle in from_there if abs(angle) <= QUARTER / 2)


def _angle(region: Region) -> float:
    (left, top), (right, bottom) = region[0], region[1]
    return math.atan2(bottom - top, right - left)


def _is_long(region: Region) -> bool:
    return math.dist(region[0], region[1]) > LEAST_LENGTH * math.dist(region[1], region[2])
