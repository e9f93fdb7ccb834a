"""What commands print: results to standard output, all else to standard error, so that a pipe gets results alone."""

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

import typer
from pydantic import BaseModel

KIB = 1024


def say(line: str = "") -> None:
    """A line of the result."""
    typer.echo(shown(line))


def tell(record: BaseModel) -> None:
    """A record of the API as one line of JSON, with all that it told."""
    typer.echo(record.model_dump_json(ensure_ascii=not _speaks_unicode()))


def note(line: str) -> None:
    """A line beside the result."""
    typer.echo(shown(line), err=True)


def fail(*lines: str) -> None:
    """What went wrong, first in one line."""
    for number, line in enumerate(lines):
        note(line if number else f"triptych: {line}")


def shown(text: str) -> str:
    """``text`` without what would steer a terminal: it may come from a picture or a stranger's file."""
    return "".join(one for one in text if one in "\n\t" or one.isprintable())


def be_readable() -> None:
    """Have what the terminal's own character set lacks shown as a question mark, rather than end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _speaks_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def at_terminal() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def size(size_bytes: int) -> str:
    """A number of bytes for people."""
    value, units = float(size_bytes), iter(("bytes", "KiB", "MiB", "GiB"))
    unit = next(units)
    while value >= KIB and unit != "GiB":
        value, unit = value / KIB, next(units)
    return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"


def table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:  # Any: what can be written
    """Print rows below their names, each column as wide as it must be."""
    written = [[shown(str(cell)) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in written) for column in range(len(header))]
    for row in written:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
