"""The page of figures."""

from bench.__main__ import HEAD, NOT_MEASURED, page, section
from bench.machine import revision


def test_section_explains_what_a_command_compares_and_shows_what_it_printed() -> None:
    told = section("Uploads", "bench.upload", ["--help"])

    head, _, rest = told.partition("\n\n")
    explained, _, printed = rest.partition("\n\n    .venv/bin/python -m bench.upload --help\n\n")
    assert head == "## Uploads"
    assert explained.startswith("How fast a large file goes in")
    assert "usage:" not in explained
    assert f" at revision {revision()}; load average before: " in printed.splitlines()[0]
    assert "usage: upload.py" in printed


def test_sections_measured_anew_take_their_places_and_the_others_stay() -> None:
    before = "# Figures\n\nOld.\n\n## Memory\n\nSmall.\n\n## Reading\n\nSlow.\n\n## Gone\n\nNo script makes it.\n"

    after = page(before, {"Uploads": "## Uploads\n\nNew.\n", "Reading": "## Reading\n\nFast.\n"})

    sections = "## Memory\n\nSmall.\n\n## Uploads\n\nNew.\n\n## Reading\n\nFast.\n"
    assert after == f"{HEAD}\n{sections}\n{NOT_MEASURED}"
    assert page(after, {}) == after
