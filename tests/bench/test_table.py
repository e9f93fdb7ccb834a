"""Figures as a table that can be pasted into a page."""

import pytest

from bench.table import percentile, print_table


def test_table_names_the_machine_and_aligns_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("way", "MB/s"), [("raw", 1350.0), ("multipart", 209.125)])

    machine, _, *lines = capsys.readouterr().out.strip().splitlines()
    assert "Python" in machine
    assert lines == [
        "| way       | MB/s     |",
        "|-----------|----------|",
        "| raw       | 1,350.00 |",
        "| multipart | 209.12   |",
    ]


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 51), (99, 100), (100, 100)])
def test_percentile_is_the_nearest_rank(percent: float, expected: float) -> None:
    values = [float(value) for value in range(100, 0, -1)]

    found = percentile(values, percent)

    assert found == expected
