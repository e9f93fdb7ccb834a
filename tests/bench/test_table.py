"""Figures as a table that can be pasted into a page."""

import pytest

from bench.machine import machine
from bench.table import Table, percentile, print_tables

UPLOADS = Table("Uploads", ("way", "MB/s"), [("raw", 1350.0), ("multipart", 209.125)])


def test_table_has_a_title_and_aligned_columns() -> None:
    lines = UPLOADS.markdown().splitlines()

    assert lines == [
        "Uploads:",
        "",
        "| way       | MB/s     |",
        "|-----------|----------|",
        "| raw       | 1,350.00 |",
        "| multipart | 209.12   |",
    ]


def test_tables_are_printed_under_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    print_tables([UPLOADS, UPLOADS])

    first, *tables = capsys.readouterr().out.split("\n\nUploads:")
    assert first == machine()
    assert len(tables) == 2


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 51), (99, 100), (100, 100)])
def test_percentile_is_the_nearest_rank(percent: float, expected: float) -> None:
    values = [float(value) for value in range(100, 0, -1)]

    found = percentile(values, percent)

    assert found == expected
