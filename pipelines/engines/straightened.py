"""A page's lines as upright rectangles, as they would stand had the page lain straight, and the rows they form."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipelines.engines.text_line import Region

QUARTER = math.pi / 2
LEAST_LENGTH = 3.0  # of a line that has an angle, in its heights


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
    """Rows from the top, each from the left: lines of which one's middle lies beside the other."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda one: one.middle):
        if rows and (_beside(box, rows[-1][0]) or _beside(rows[-1][0], box)):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row, key=lambda one: one.left) for row in rows]


def _beside(one: Box, other: Box) -> bool:
    return other.top < one.middle < other.bottom


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
