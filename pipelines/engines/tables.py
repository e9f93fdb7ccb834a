"""Tables among the lines of a page: lines that stand in rows and columns, without rules being looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from pipelines.engines.straightened import Box, in_rows, straightened
from pipelines.engines.text_line import Line

LEAST_ROWS, LEAST_COLUMNS = 3, 2
MOST_ROW_STEP = 3.0  # from a row to the next, in line heights: what is further down is another block
LEAST_PROSE_WIDTH = 6.0  # of a column's usual line, in line heights: narrower ones are no prose
LEAST_PROSE_FILL = 0.75  # of the column, by its usual line
LEAST_GAP = 0.5  # between columns, in line heights: the finder of lines pads them, so that it leaves less than there is


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
    """
    cells = straightened([line.polygon for line in lines])
    if not cells:
        return []
    height = median(cell.height for cell in cells)
    blocks = _blocks(in_rows(cells), height)
    return [table for block in blocks if (table := _table(block, height, lines, from_the_right)) is not None]


def _blocks(rows: Sequence[list[Box]], height: float) -> list[list[list[Box]]]:
    """Runs of rows of several cells each; a row of one parts them."""
    blocks: list[list[list[Box]]] = [[]]
    for row in rows:
        if len(row) < LEAST_COLUMNS:
            blocks.append([])
            continue
        above = blocks[-1]
        if above and row[0].middle - above[-1][0].middle > MOST_ROW_STEP * height:
            blocks.append([])
        blocks[-1].append(row)
    return [block for block in blocks if len(block) >= LEAST_ROWS]


def _table(block: list[list[Box]], height: float, lines: Sequence[Line], from_the_right: bool) -> Table | None:
    cells = [cell for row in block for cell in row]
    columns = _columns(cells, height)
    if from_the_right:
        block, columns = [row[::-1] for row in block], columns[::-1]
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


def _text(row: Sequence[Box], column: tuple[float, float], lines: Sequence[Line]) -> str:
    return " ".join(lines[cell.index].text for cell in row if column[0] <= cell.left <= column[1])
