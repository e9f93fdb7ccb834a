"""Figures as a table under a line that says which machine gave them."""

import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print the machine, then ``rows`` as a Markdown table, ready to be pasted into a page."""
    cells = [[str(heading) for heading in headings], *([_told(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    print(f"\n{machine()}\n")
    for number, row in enumerate(cells):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of ``values``."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def machine() -> str:
    """CPU, cores this process may use, memory, system and Python, on one line."""
    memory_gib = psutil.virtual_memory().total / 1024**3
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.release()}"
    return f"{_cpu_model()}, {cores} cores, {memory_gib:.0f} GiB, {system}, Python {platform.python_version()}"


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _told(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
