"""What is attached is looked into: short documents in the run, long ones and scans by other jobs, once."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.house import HeldJobs

from pipelines.contract import Part, PartKind, Source
from pipelines.dialogue.attachments import look_into
from pipelines.house import AwaitsChildren, Product
from pipelines.standalone import NearbyJobs, standalone_context

PAGES = [["Bread is baked daily."], ["Ships sail by night."] * 40 + ["The harbour of Ardal", "opened in 1871."]]
LINE = {"text": "ARDAL 1871", "confidence": 0.9, "box": {"x": 1, "y": 2, "width": 30, "height": 4}, "page": 1}
OCR = Product("ocr", "image.read", "succeeded", {}, [Part(PartKind.LINE, LINE)], {})


@pytest.fixture
def attach(tmp_path):
    """A function that looks into a file of the house's jobs, or of those that run at once."""

    def look(path, media_type, jobs=None, **asked):
        source = Source(path, path.name, media_type, path.stat().st_size)
        context = standalone_context(tmp_path)
        context = replace(context, jobs=jobs or NearbyJobs([source], context))
        return look_into([source], ["f"], context, **asked)

    return look


def read_already(tmp_path, passages='{"text": "In 1871.", "place": {"start": 0, "end": 8, "page": 2}}'):
    """The job that has read a document."""
    path = tmp_path / "read.json"
    path.write_text(f'{{"passages": [{passages}]}}')
    return Product("reading", "text.read", "succeeded", {}, (), {}, outputs={"passages.json": path})


def test_passages_of_a_pdf_are_cited_by_their_pages(attach, make_pdf):
    attached = attach(make_pdf(PAGES), "application/pdf")

    found = [(piece.place["page"], piece.file_id, piece.job_id) for piece in attached.evidence if "1871" in piece.text]
    assert found == [(2, "f", None)]


def test_short_text_is_read_without_any_other_job(attach, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("The harbour of Ardal opened in 1871.")
    jobs = HeldJobs({})

    attached = attach(path, "text/plain", jobs)

    assert [piece.text for piece in attached.evidence] == ["The harbour of Ardal opened in 1871."]
    assert jobs.asked == []


def test_long_text_is_read_by_another_job(attach, tmp_path):
    path = tmp_path / "book.txt"
    path.write_text("The harbour of Ardal opened in 1871. " * 8_000)
    jobs = HeldJobs({"text.read": read_already(tmp_path)})

    with pytest.raises(AwaitsChildren):
        attach(path, "text/plain", jobs)

    assert [one.pipeline for one in jobs.asked] == ["text.read"]
    assert [piece.text for piece in attach(path, "text/plain", jobs).evidence] == ["In 1871."]


def test_document_that_was_read_before_is_not_read_again(attach, make_pdf, tmp_path):
    jobs = HeldJobs({"text.read": read_already(tmp_path)})

    attached = attach(make_pdf(PAGES), "application/pdf", jobs, known={0: ["reading"]})

    assert [(piece.text, piece.place["page"]) for piece in attached.evidence] == [("In 1871.", 2)]
    assert jobs.asked == []


@pytest.mark.parametrize("outputs", [{}, {"passages.json": Path("/nowhere/passages.json")}], ids=["output", "bytes"])
def test_document_is_read_anew_where_what_was_read_of_it_is_gone(attach, make_pdf, tmp_path, outputs):
    gone = replace(read_already(tmp_path), job_id="gone", outputs=outputs)
    jobs = HeldJobs({"before": gone, "text.read": read_already(tmp_path)})
    asked = {"path": make_pdf(PAGES), "media_type": "application/pdf", "jobs": jobs, "known": {0: ["gone"]}}

    with pytest.raises(AwaitsChildren):
        attach(**asked)

    assert [piece.text for piece in attach(**asked).evidence] == ["In 1871."]
    assert attach(**{**asked, "jobs": HeldJobs(jobs.made), "known": {0: ["gone", "reading"]}}).warnings == ()


def test_reading_that_goes_at_once_is_warned_of(attach, make_pdf, tmp_path):
    jobs = HeldJobs({"text.read": replace(read_already(tmp_path), outputs={})})

    with pytest.raises(AwaitsChildren):
        attach(make_pdf(PAGES), "application/pdf", jobs)
    attached = attach(make_pdf(PAGES), "application/pdf", jobs)

    assert (attached.evidence, attached.warnings) == ([], ("what was read of 'made.pdf' is gone: ask again",))


def test_scan_is_then_read_by_ocr(attach, make_pdf, tmp_path):
    jobs = HeldJobs({"text.read": read_already(tmp_path, passages=""), "image.read": OCR})
    scan = make_pdf([[]])

    for _ in range(2):
        with pytest.raises(AwaitsChildren):
            attach(scan, "application/pdf", jobs)
    attached = attach(scan, "application/pdf", jobs)

    assert [one.pipeline for one in jobs.asked] == ["text.read", "image.read"]
    assert [piece.text for piece in attached.evidence] == ["ARDAL 1871"]


def test_scan_that_was_read_before_is_not_read_again(attach, make_pdf, tmp_path):
    jobs = HeldJobs({"text.read": read_already(tmp_path, passages=""), "image.read": OCR})

    attached = attach(make_pdf([[]]), "application/pdf", jobs, known={0: ["reading", "ocr"]})

    assert [piece.text for piece in attached.evidence] == ["ARDAL 1871"]
    assert jobs.asked == []


def test_document_that_cannot_be_read_is_warned_of(attach, make_pdf):
    attached = attach(make_pdf(PAGES, "secret"), "application/pdf")

    assert attached.evidence == []
    assert "made.pdf" in attached.warnings[0]
    assert "remove its password" in attached.warnings[0]


@pytest.mark.parametrize("remember", [True, False])
def test_what_is_not_to_be_remembered_is_asked_for_so(attach, make_pdf, tmp_path, remember):
    jobs = HeldJobs({"text.read": read_already(tmp_path)})

    with pytest.raises(AwaitsChildren):
        attach(make_pdf(PAGES), "application/pdf", jobs, remember=remember)

    assert [one.remember for one in jobs.asked] == [remember]
