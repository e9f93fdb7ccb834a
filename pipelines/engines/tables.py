"""Tables among the lines of a page: lines that stand in rows and columns, without rules being looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from pipelines.engines.straightened import Box, in_rows, straightened
from pipelines.engines.text_line import Line

LEAST_ROWS, LEAST_COLUMNS = 3, 2
SURE_COLUMNS = 3  # so many stand in line by no chance, also where a row of one cell is after every other
LEAST_ROWS_TO_ONE_OF_ONE = 2  # rows of several cells that a table has for each row of one
MOST_ROW_STEP = 3.0  # from a row to the next, in line heights: what is further down is another block
MOST_UNUSUAL_STEP = 1.25  # from and to a row of one cell, of the usual step: a caption stands further off
MOST_STEP_INSIDE = 0.8  # from line to line of one cell, of the smallest step to a row of several
MOST_LEADING = 1.3  # from line to line of one cell, in line heights
LEAST_FULL = 0.9  # of its column: a cell of which more may stand below the last row, where else it is a note
LEAST_PROSE_WIDTH = 6.0  # of a column's usual line, in line heights: narrower ones are no prose
LEAST_PROSE_FILL = 0.75  # of the column, by its usual line
LEAST_GAP = 0.5  # between columns, in line heights: the finder of lines pads them, so that it leaves less than there is


Row = list[list[Box]]
"""What stands side by side, from the left, line below line."""


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` of as many texts each, empty where a cell is; ``lines``: the places among the page's lines."""

    rows: tuple[tuple[str, ...], ...]
    box: dict[str, int]
    lines: frozenset[int]

    def body(self) -> dict[str, Any]:  # Any: JSON
        """The table as page.json tells it."""
        return {"box": self.box, "rows": [list(row) for row in self.rows]}


def tables_among(lines: Sequence[Line], from_the_right: bool = False) -> list[Table]:
    """The tables of a page, from the top; ``from_the_right``: a row's cells from right to left.

    Rows that have several cells and follow each other closely are one block; its columns are what its cells' widths
    leave free from its top to its bottom. A block whose columns are all filled by long lines is prose, and no table.
    A row of one cell parts two blocks, unless it is surely a row between them or a cell's further line.
    """
    cells = straightened([line.polygon for line in lines])
    if not cells:
        return []
    height = median(cell.height for cell in cells)
    runs = _close(in_rows(cells), height)
    blocks = [block for run in runs for alike in _alike(run, height) for block in _blocks(alike, height)]
    return [table for block in blocks if (table := _table(block, height, lines, from_the_right)) is not None]


def _close(rows: Sequence[list[Box]], height: float) -> list[list[list[Box]]]:
    """Runs of rows that follow each other closely."""
    runs: list[list[list[Box]]] = []
    for row in rows:
        if runs and _step(runs[-1][-1], row) <= MOST_ROW_STEP * height:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _alike(run: Sequence[list[Box]], height: float) -> list[list[list[Box]]]:
    """A run parted where its columns change, each from a row of several cells on."""
    groups: list[list[list[Box]]] = []
    for has_several, part in groupby(run, key=_has_several):
        rows = list(part)
        if has_several and not (groups and _goes_on(groups[-1], rows, height)):
            groups.append(rows)
        elif groups:
            groups[-1] += rows
    return groups


def _goes_on(group: Sequence[list[Box]], part: Sequence[list[Box]], height: float) -> bool:
    """Whether the part has the columns that the group has above it, and nothing between them stands elsewhere."""
    several = [row for row in group if _has_several(row)]
    return all(_keep_columns(rows, [*group, *part], height) for rows in (several, part))


def _blocks(group: Sequence[list[Box]], height: float) -> list[list[Row]]:
    """The group's blocks with their rows of one cell and cells of several lines, where they are sure; else without."""
    several = [row for row in group if _has_several(row)]
    if len(several) < LEAST_ROWS:
        return []
    steps = [_step(above, row) for above, row in pairwise(group) if _has_several(row)]
    blocks: list[list[Row]] = [[]]
    for row, below in zip(group, [*group[1:], []], strict=True):
        block = blocks[-1]
        if _has_several(row):
            block.append([row])
        elif block and _is_further(row, block[-1], steps, height) and _keep_columns(several, [*several, row], height):
            block[-1].append(row)
        elif block and _has_several(below) and _is_row_between(row, block[-1], below, steps):
            block.append([row])
        else:
            blocks.append([])
    whole = [_without_note(block, height) for block in blocks if block]
    return [sure for block in whole for sure in ([block] if _is_sure(block, height) else _of_several(block))]


def _is_further(line: Sequence[Box], row: Row, steps: Sequence[float], height: float) -> bool:
    """Whether the one cell is a further line of one of the row's: flush with it, and closer than any row is."""
    most = min(MOST_STEP_INSIDE * min(steps), MOST_LEADING * height)
    is_flush = any(_are_flush(line[0], cell, height) for above in row for cell in above)
    return is_flush and _step(row[-1], line) <= most


def _is_row_between(line: Sequence[Box], row: Row, below: Sequence[Box], steps: Sequence[float]) -> bool:
    """Whether the one cell is as far from the rows around it as they are from each other."""
    around = (_step(row[-1], line), _step(line, below))
    least, most = MOST_STEP_INSIDE * min(steps), MOST_UNUSUAL_STEP * median(steps)
    return least < min(around) and max(around) <= most


def _without_note(block: Sequence[Row], height: float) -> list[Row]:
    """The block, without what follows its last row where no other row has further lines and no cell is full."""
    *rows, last = block
    full = [cell for row in rows for line in row[1:] for cell in line]
    columns = _columns(_lines(block), height)
    for column in columns:
        least = LEAST_FULL * (column[1] - column[0])
        full += [cell for cell in last[0] if _is_in(column, cell) and cell.width >= least]
    wrapping = [column for column in columns if any(_is_in(column, cell) for cell in full)]
    is_cell = all(any(_is_in(column, line[0]) for column in wrapping) for line in last[1:])
    return [*rows, last if is_cell else last[:1]]


def _is_sure(block: Sequence[Row], height: float) -> bool:
    """Whether there is a table without the rows of one cell too, or three columns prove one; none loses a column."""
    rows = [row for row in block if _has_several(row[0])]
    if len(rows) < max(LEAST_ROWS, LEAST_ROWS_TO_ONE_OF_ONE * (len(block) - len(rows))):
        return False
    lines, apart = _lines(block), [_lines(part) for part in _of_several(block)]
    if not apart and len(_columns(lines, height)) < SURE_COLUMNS:
        return False
    return all(_keep_columns(part, lines, height) and _is_tabular(part, height) for part in [lines, *apart])


def _of_several(block: Sequence[Row]) -> list[list[Row]]:
    """Runs of rows of several cells; whatever has one parts them."""
    runs = [list(run) for has_several, run in groupby(_lines(block), key=_has_several) if has_several]
    return [[[row] for row in run] for run in runs if len(run) >= LEAST_ROWS]


def _has_several(row: Sequence[Box]) -> bool:
    return len(row) >= LEAST_COLUMNS


def _are_flush(one: Box, other: Box, height: float) -> bool:
    left, right = one.left - other.left, one.right - other.right
    return min(abs(left), abs(right), abs(left + right) / 2) < LEAST_GAP * height


def _keep_columns(rows: Sequence[list[Box]], among: Sequence[list[Box]], height: float) -> bool:
    """Whether among the others, too, each of the rows' columns is one, and there are no more."""
    own, joint = _columns(rows, height), _columns(among, height)
    return len(own) == len(joint) and all(
        left <= one[0] and one[1] <= right for one, (left, right) in zip(own, joint, strict=True)
    )


def _lines(block: Sequence[Row]) -> list[list[Box]]:
    return [line for row in block for line in row]


def _step(above: Sequence[Box], row: Sequence[Box]) -> float:
    return row[0].middle - above[0].middle


def _table(block: list[Row], height: float, lines: Sequence[Line], from_the_right: bool) -> Table | None:
    every = _lines(block)
    if not _is_tabular(every, height):
        return None
    columns = _columns(every, height)
    if from_the_right:
        block, columns = [[line[::-1] for line in row] for row in block], columns[::-1]
    rows = tuple(tuple(_text(row, column, lines) for column in columns) for row in block)
    places = frozenset(cell.index for line in every for cell in line)
    boxes = [lines[place].box() for place in places]
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right, bottom = max(box["x"] + box["width"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
    box = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return Table(rows, box, places)


def _columns(rows: Sequence[list[Box]], height: float) -> list[tuple[float, float]]:
    """From where to where each column reaches: the cells' widths, joined where less than a gap is between them."""
    columns: list[tuple[float, float]] = []
    for cell in sorted((cell for row in rows for cell in row), key=lambda one: one.left):
        if columns and cell.left - columns[-1][1] < LEAST_GAP * height:
            columns[-1] = (columns[-1][0], max(columns[-1][1], cell.right))
        else:
            columns.append((cell.left, cell.right))
    return columns


def _is_tabular(rows: Sequence[list[Box]], height: float) -> bool:
    """Whether there are columns, not all filled by long lines as prose does; a table has figures, or various names."""
    columns = _columns(rows, height)
    return len(columns) >= LEAST_COLUMNS and not all(
        _is_filled(column, [cell.width for row in rows for cell in row if _is_in(column, cell)], height)
        for column in columns
    )


def _is_filled(column: tuple[float, float], widths: Sequence[float], height: float) -> bool:
    usual = median(widths)
    return usual >= LEAST_PROSE_WIDTH * height and usual >= LEAST_PROSE_FILL * (column[1] - column[0])


def _is_in(column: tuple[float, float], cell: Box) -> bool:
    return column[0] <= cell.left <= column[1]


def _text(row: Row, column: tuple[float, float], lines: Sequence[Line]) -> str:
    return " ".join(lines[cell.index].text for line in row for cell in line if _is_in(column, cell))
