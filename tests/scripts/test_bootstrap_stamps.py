"""A second start does nothing, and only what changed is made again."""

from pathlib import Path

from scripts.bootstrap.stamps import fingerprint, read_stamp


def test_a_fingerprint_follows_contents_names_and_what_is_added(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("pins")
    two.write_text("setup")
    before = fingerprint(tmp_path, [one, two], "cpython-3.11")

    same = fingerprint(tmp_path, [two, one], "cpython-3.11")
    newer_python = fingerprint(tmp_path, [one, two], "cpython-3.12")
    two.write_text("setup, changed")
    changed = fingerprint(tmp_path, [one, two], "cpython-3.11")

    assert same == before
    assert len({before, newer_python, changed}) == 3


def test_a_missing_stamp_reads_as_nothing(tmp_path: Path) -> None:
    assert read_stamp(tmp_path / "stamp") == ""
