"""The order in which a person reads the lines of a page: headlines, then column after column, then what spans them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from pipelines.engines.straightened import Box, in_rows, straightened
from pipelines.engines.text_line import Region

LEAST_LINES = 3  # a column has at least so many; fewer beside each other are cells of a form, read row by row
LEAST_WIDTH = 6.0  # of a column's usual line, in line heights: narrower ones are figures of a table
LEAST_PROSE_WIDTH = 10.0  # of a text that ends in its second column, in line heights; it fills its first column
LEAST_FILL, LEAST_LIKENESS = 0.75, 0.9  # of that column by its usual line; of the columns' widths
LEAST_GUTTER = 0.6  # between columns, in line heights: wider than a space between words
_MOST_CANDIDATES = 200  # places where a gutter is looked for


@dataclass(frozen=True, slots=True)
class _Band:
    """Lines between two that span the gutter: those left of it and those right of it."""

    left: list[Box]
    right: list[Box]


def in_reading_order(regions: Sequence[Region], from_the_right: bool = False) -> list[Region]:
    """Columns from left to right, each from its top; what spans them in its place; elsewhere row by row.

    ``from_the_right``: columns, and what stands in a row, from right to left.

    The page is turned straight by its lines' own angle and cut along the gutter that parts most lines, whole bands at
    a time, and each side again: the recursive XY-cut of Nagy and Seth (1984), with lines that cross a gutter cut out
    first, so that a headline hides no columns.
    """
    boxes = straightened(regions)
    if from_the_right:
        boxes = [replace(box, left=-box.right, right=-box.left) for box in boxes]  # the page as in a mirror
    height = median(box.height for box in boxes) if boxes else 0.0
    return [regions[box.index] for box in _ordered(boxes, height)]


def _ordered(boxes: Sequence[Box], height: float) -> list[Box]:
    gutter = _best_gutter(boxes, height)
    if gutter is None:
        return _by_rows(boxes)
    ordered: list[Box] = []
    for band in _banded(boxes, gutter):
        if isinstance(band, Box):
            ordered.append(band)
        elif _are_columns(band, height, least_lines=1):  # the page has columns there
            ordered += [*_ordered(band.left, height), *_ordered(band.right, height)]
        else:
            ordered += _by_rows([*band.left, *band.right])
    return ordered


def _best_gutter(boxes: Sequence[Box], height: float) -> float | None:
    """Where a vertical line parts the most lines into columns; None where there are none."""
    places = sorted({round(box.right + LEAST_GUTTER * height / 2, 1) for box in boxes})
    best, most = None, 0
    for x in places[:: len(places) // _MOST_CANDIDATES + 1]:
        bands = [band for band in _banded(boxes, x) if isinstance(band, _Band) and _are_columns(band, height)]
        parted = sum(len(band.left) + len(band.right) for band in bands)
        if parted > most:
            best, most = x, parted
    return best


def _banded(boxes: Sequence[Box], x: float) -> Iterator[Box | _Band]:
    """From the top: each line that crosses ``x``, and the bands of lines between them."""
    band = _Band([], [])
    for box in sorted(boxes, key=lambda one: one.middle):
        if box.left < x < box.right:
            if band.left or band.right:
                yield band
            yield box
            band = _Band([], [])
        else:
            (band.left if box.right <= x else band.right).append(box)
    if band.left or band.right:
        yield band


def _are_columns(band: _Band, height: float, least_lines: int = LEAST_LINES) -> bool:
    if min(len(band.left), len(band.right)) < least_lines and not _ends_in_the_second(band, height):
        return False
    gutter = min(box.left for box in band.right) - max(box.right for box in band.left)
    narrowest = min(median(box.width for box in side) for side in (band.left, band.right))
    return gutter >= LEAST_GUTTER * height and narrowest >= LEAST_WIDTH * height


def _ends_in_the_second(band: _Band, height: float) -> bool:
    """Whether prose fills the first column and goes on for a few lines in another that is as wide."""
    if len(band.left) < LEAST_LINES or len(band.right) < 2:
        return False
    left, right = (max(box.width for box in side) for side in (band.left, band.right))
    usual = median(box.width for box in band.left)
    is_prose = usual >= max(LEAST_PROSE_WIDTH * height, LEAST_FILL * left)
    return is_prose and min(left, right) >= LEAST_LIKENESS * max(left, right)


def _by_rows(boxes: Sequence[Box]) -> list[Box]:
    return [box for row in in_rows(boxes) for box in row]
