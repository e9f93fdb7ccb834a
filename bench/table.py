"""Figures as Markdown tables, printed under a line that says which machine gave them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.machine import machine


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of figures and what they are about."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]

    def markdown(self) -> str:
        """The title and the table, ready to be pasted into a page."""
        cells = [[str(heading) for heading in self.headings], *([_told(value) for value in row] for row in self.rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(self.headings))]
        lines = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
            for row in cells
        ]
        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        return "\n".join((f"{self.title}:", "", lines[0], rule, *lines[1:]))


def print_tables(tables: Iterable[Table]) -> None:
    """Print the machine, then each table as soon as it has been measured."""
    print(machine())
    for table in tables:
        print(f"\n{table.markdown()}", flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of ``values``."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def _told(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
