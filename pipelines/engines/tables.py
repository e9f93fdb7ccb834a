"""Tables among the lines of a page: lines that stand in rows and columns, without rules being looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from pipelines.engines.straightened import Box, in_rows, straightened
from pipelines.engines.text_line import Line

LEAST_ROWS, LEAST_COLUMNS = 3, 2
MOST_ROW_STEP = 3.0  # from a row to the next, in line heights: what is further down is another block
LEAST_PROSE_WIDTH = 6.0  # of a column's usual line, in line heights: narrower ones are no prose
LEAST_PROSE_FILL = 0.75  # of the column, by its usual line
MOST_STEP_INSIDE = 0.8  # from line to line of one cell, of the usual step to a row's first line
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

    Rows that have several cells and follow each other closely are one block, with those of one cell between them that
    stand in a column; a cell's further lines, which follow closer than rows do, are its own. A block's columns are what
    its cells' widths leave free from its top to its bottom. One whose columns are all filled by long lines is prose,
    and no table.
    """
    cells = straightened([line.polygon for line in lines])
    if not cells:
        return []
    height = median(cell.height for cell in cells)
    blocks = [
        block for close in _close(in_rows(cells), height) for block in _blocks(_whole_rows(close, height), height)
    ]
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


def _whole_rows(run: Sequence[list[Box]], height: float) -> list[Row]:
    """The rows of a run, each with the further lines of its cells."""
    most = max(map(len, run))
    steps = [_step(above, row) for above, row in pairwise(run) if len(row) == most]
    most_inside = MOST_STEP_INSIDE * median(steps) if steps else 0.0
    rows: list[Row] = [[run[0]]]
    for above, row in pairwise(run):
        if len(row) < most and _step(above, row) < most_inside and _is_below(row, _cells(rows[-1]), height):
            rows[-1].append(row)
        else:
            rows.append([row])
    return rows


def _blocks(rows: Sequence[Row], height: float) -> list[list[Row]]:
    """Runs of rows of several cells; a row of one parts them, unless it stands in a column of the rows around it."""
    blocks: list[list[Row]] = [[]]
    for number, row in enumerate(rows):
        around = rows[number - 1 : number] + rows[number + 1 : number + 2]
        if _has_columns(row) or (
            len(around) == 2
            and all(map(_has_columns, around))
            and _is_below(row[0], [*_cells(around[0]), *_cells(around[1])], height)
        ):
            blocks[-1].append(row)
        else:
            blocks.append([])
    return [block for block in blocks if sum(map(_has_columns, block)) >= LEAST_ROWS]


def _has_columns(row: Row) -> bool:
    return len(row[0]) >= LEAST_COLUMNS


def _is_below(row: Sequence[Box], others: Sequence[Box], height: float) -> bool:
    """Whether each of the row's cells stands in one of the others' columns."""
    return len(_columns([*others, *row], height)) == len(_columns(others, height))


def _cells(row: Row) -> list[Box]:
    return [cell for line in row for cell in line]


def _step(above: Sequence[Box], row: Sequence[Box]) -> float:
    return row[0].middle - above[0].middle


def _table(block: list[Row], height: float, lines: Sequence[Line], from_the_right: bool) -> Table | None:
    cells = [cell for row in block for cell in _cells(row)]
    columns = _columns(cells, height)
    if from_the_right:
        block, columns = [[line[::-1] for line in row] for row in block], columns[::-1]
    if len(columns) < LEAST_COLUMNS or _is_prose(cells, columns, height):
        return None
    rows = tuple(tuple(_text(row, column, lines) for column in columns) for row in block)
    boxes = [lines[cell.index].box() for cell in cells]
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right, bottom = max(box["x"] + box["width"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
    box = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return Table(rows, box, frozenset(cell.index for cell in cells))


def _columns(cells: Sequence[Box], height: float) -> list[tuple[float, float]]:
    """From where to where each column reaches: the cells' widths, joined where less than a gap is between them."""
    columns: list[tuple[float, float]] = []
    for cell in sorted(cells, key=lambda one: one.left):
        if columns and cell.left - columns[-1][1] < LEAST_GAP * height:
            columns[-1] = (columns[-1][0], max(columns[-1][1], cell.right))
        else:
            columns.append((cell.left, cell.right))
    return columns


def _is_prose(cells: Sequence[Box], columns: Sequence[tuple[float, float]], height: float) -> bool:
    """Whether every column holds long lines that fill it; a table has figures, or names of many lengths."""
    for left, right in columns:
        usual = median(cell.width for cell in cells if left <= cell.left <= right)
        if usual < LEAST_PROSE_WIDTH * height or usual < LEAST_PROSE_FILL * (right - left):
            return False
    return True


def _text(row: Row, column: tuple[float, float], lines: Sequence[Line]) -> str:
    return " ".join(lines[cell.index].text for cell in _cells(row) if column[0] <= cell.left <= column[1])
