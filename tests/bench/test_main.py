"""The page of figures."""

from bench.__main__ import figures


def test_page_explains_what_a_command_compares_and_shows_what_it_printed() -> None:
    scripts = {"Uploads": "bench.upload"}

    page = figures("# Figures\n", scripts, ["--help"])

    head, _, section = page.partition("\n\n## Uploads\n\n")
    explained, _, printed = section.partition("\n\n    .venv/bin/python -m bench.upload --help\n\n")
    assert head == "# Figures"
    assert explained.startswith("How fast a large file goes in")
    assert "usage:" not in explained
    assert "usage: upload.py" in printed
