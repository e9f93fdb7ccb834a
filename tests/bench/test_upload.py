"""Uploads set beside a plain copy on the same disk."""

from bench.upload import COPY, Way, upload_table


def test_median_of_each_way_is_set_beside_that_of_the_copy() -> None:
    ways = [Way(COPY, [400.0, 100.0, 500.0]), Way("raw", [300.0, 200.0, 100.0], idle_mib=70, peak_mib=75)]

    table = upload_table("One file", ways)

    assert list(table.rows) == [(COPY, 400.0, "100 %", "", "", ""), ("raw", 200.0, "50 %", 70, 75, 5)]


def test_api_whose_disk_is_not_known_is_set_beside_nothing() -> None:
    ways = [Way("raw", [200.0], idle_mib=70, peak_mib=75)]

    table = upload_table("One file", ways)

    assert list(table.rows) == [("raw", 200.0, "", 70, 75, 5)]
