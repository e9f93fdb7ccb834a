"""text.read reads a document once, for whoever asks about it later."""

import json

import pytest

from pipelines.catalogue import catalogue
from pipelines.contract import Source
from pipelines.errors import BadInput, Cancelled
from pipelines.standalone import run_pipeline, standalone_context

PAGES = [["Bread is baked daily."], ["Ships sail by night."] * 40 + ["The harbour of Ardal", "opened in 1871."]]


@pytest.fixture
def read(tmp_path):
    """A function that has the file at ``path`` read, and the passages that came of it."""

    def run(path, media_type="application/pdf"):
        source = Source(path, path.name, media_type, path.stat().st_size)
        finished = run_pipeline("text.read", [source], {}, standalone_context(tmp_path))
        return json.loads(finished.output("passages.json").path.read_text())["passages"]

    return run


def test_passages_of_a_pdf_tell_their_pages(read, make_pdf):
    passages = read(make_pdf(PAGES))

    assert {one["place"]["page"] for one in passages if "Bread" in one["text"]} == {1}
    assert [one["place"]["page"] for one in passages if "1871" in one["text"]] == [2]


def test_passages_stand_at_their_characters(read, tmp_path):
    path = tmp_path / "ports.md"
    path.write_text("Bread is baked daily.\n\n| Port | Opened |\n|---|---|\n| Ardal | 1871 |\n")

    passages = read(path, "text/markdown")

    [opened] = [one["place"] for one in passages if "1871" in one["text"]]
    assert "| Ardal | 1871 |" in path.read_text()[opened["start"] : opened["end"]]


def test_scan_has_no_passages(read, make_pdf):
    assert read(make_pdf([[]])) == []


def test_empty_text_is_refused(read, tmp_path):
    path = tmp_path / "empty.txt"
    path.write_text("  ")

    with pytest.raises(BadInput, match="nothing but white space"):
        read(path, "text/plain")


def test_cancel_is_heard_among_the_passages_of_a_text(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("The harbour of Ardal opened in 1871. " * 10_000)
    checks = iter(range(1000))

    def cancelled_at_third():
        if next(checks) >= 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        catalogue()["text.read"].function(
            [Source(path, path.name, "text/plain", path.stat().st_size)],
            catalogue()["text.read"].params(),
            _watched(tmp_path, cancelled_at_third),
        ).send(None)


def _watched(tmp_path, check):
    from dataclasses import replace

    return replace(standalone_context(tmp_path), check=check)
