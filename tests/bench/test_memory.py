"""What importing the API adds to starting Python."""

from bench.memory import import_table


def test_bare_start_is_taken_off_the_import() -> None:
    bare_s, api_s = [0.5, 0.25, 9.0], [1.0, 2.5, 1.5]

    table = import_table(bare_s, api_s)

    assert "3 fresh processes" in table.title
    assert list(table.rows) == [("import api.app", 1.0, 0.5, 2.0, 0.5, "no")]
