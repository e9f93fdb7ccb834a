"""What importing the API takes."""

from bench.memory import import_table


def test_import_is_told_by_its_median_and_its_extremes() -> None:
    table = import_table([1.0, 2.5, 1.5])

    assert "3 fresh processes" in table.title
    assert list(table.rows) == [("import api.app", 1.5, 1.0, 2.5, "no")]
