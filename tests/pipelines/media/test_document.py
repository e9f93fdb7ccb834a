"""Plain text, Markdown and PDF come out as one shape; what is none of them is refused by code."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract import Source
from pipelines.errors import BadInput, Cancelled
from pipelines.media.document import Document, decode_text, read_document, read_prose


def _read(path: Path, media_type: str, check: Callable[[], None] = lambda: None) -> Document:
    return read_document(Source(path, path.name, media_type, path.stat().st_size), check)


@pytest.mark.parametrize(
    ("encoded", "text", "warns"),
    [
        ("Käse 中文 😀".encode(), "Käse 中文 😀", False),
        ("Käse".encode("utf-8-sig"), "Käse", False),
        ("Käse".encode("utf-16"), "Käse", False),
        ("Käse".encode("cp1252"), "Käse", True),
        (b"half \xed\xa0\x80 a character", "half \ufffd a character", True),
    ],
)
def test_text_is_decoded_and_guesses_are_told(encoded: bytes, text: str, warns: bool) -> None:
    decoded, warnings = decode_text(encoded)

    assert decoded == text
    assert bool(warnings) is warns


@pytest.mark.parametrize("encoded", [b"\x00\x01\x02", b"\x81\x8d\x8f", "no mark".encode("utf-16-le")])
def test_bytes_that_are_no_text_are_refused(encoded: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        decode_text(encoded)

    assert refused.value.code == "bad_media"


def test_offsets_of_crlf_text_are_those_of_the_source(tmp_path: Path) -> None:
    path = tmp_path / "crlf.txt"
    path.write_bytes(b"One.\r\nTwo.")

    document = _read(path, "text/plain")

    assert document.text.index("Two") == 6


def test_pdf_text_knows_its_pages(make_pdf: Any) -> None:
    path = make_pdf([["Bees make exam-", "ples of honey."], [], ["Page three."]])

    document = _read(path, "application/pdf")

    assert document.text.startswith("Bees make examples of honey.")
    assert [document.page_at(document.text.index(word)) for word in ("Bees", "three")] == [1, 3]


def test_locked_pdf_is_refused(make_pdf: Any) -> None:
    path = make_pdf([["Secret"]], password="sesame")

    with pytest.raises(BadInput) as refused:
        _read(path, "application/pdf")

    assert refused.value.code == "encrypted_pdf"


def test_pdf_without_text_points_to_image_read(make_pdf: Any) -> None:
    path = make_pdf([[], []])

    with pytest.raises(BadInput) as refused:
        _read(path, "application/pdf")

    assert refused.value.code == "no_text"
    assert "image.read" in refused.value.message


def test_pdf_locked_by_aes_is_refused(make_pdf: Any) -> None:
    path = make_pdf([["Secret"]], password="open sesame", cipher="AES-256")

    with pytest.raises(BadInput) as refused:
        _read(path, "application/pdf")

    assert refused.value.code == "encrypted_pdf"


@pytest.mark.parametrize("coding", [b"/FooDecode", b"/JBIG2Decode", b"5"])
def test_pdf_coded_in_a_way_nobody_knows_is_refused(make_pdf: Any, coding: bytes) -> None:
    path = make_pdf([["Some text"]])
    path.write_bytes(path.read_bytes().replace(b"/Length", b"/Filter " + coding + b" /Length", 1))

    with pytest.raises(BadInput) as refused:
        _read(path, "application/pdf")

    assert refused.value.code == "bad_media"


TABLE = "| fruit | price |\n| --- | --- |\n| pears | 2 euro |\n"


def test_document_of_tables_alone_is_read_and_has_no_prose(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    path.write_text(TABLE)
    source = Source(path, path.name, "text/markdown", len(TABLE))

    document = read_document(source, lambda: None)

    assert "pears" in document.tables
    with pytest.raises(BadInput, match="only tables") as refused:
        read_prose(source, lambda: None)
    assert refused.value.code == "no_text"


def test_text_of_marks_that_nobody_sees_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "marks.txt"
    path.write_text("\u2060 \u2060")

    with pytest.raises(BadInput, match="empty"):
        _read(path, "text/plain")


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9])
def test_cut_off_pdf_is_refused_or_read_but_never_a_crash(make_pdf: Any, keep: float) -> None:
    path = make_pdf([["Some text"]])
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])

    try:
        text = _read(path, "application/pdf").text
    except BadInput as refused:
        text = refused.code

    assert text in ("bad_media", "no_text", "Some text")


def test_pdf_that_unpacks_to_gigabytes_is_refused(make_bomb: Path) -> None:
    with pytest.raises(BadInput) as refused:
        _read(make_bomb, "application/pdf")

    assert refused.value.code in ("bad_media", "no_text")  # pypdf drops a page's content that unpacks to too much


def test_reading_a_pdf_stops_when_cancelled(make_pdf: Any) -> None:
    def cancelled() -> None:
        raise Cancelled

    path = make_pdf([["Some text"]])

    with pytest.raises(Cancelled):
        _read(path, "application/pdf", cancelled)


@pytest.fixture
def make_bomb(tmp_path: Path) -> Path:
    """A PDF of 1 MB whose one page unpacks to a gigabyte of spaces."""
    import zlib

    from pypdf import PdfWriter
    from pypdf.generic import NameObject, StreamObject

    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(100)) + packer.flush()
    writer = PdfWriter()
    content = StreamObject()
    content._data = packed
    content[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.add_blank_page(100, 100)[NameObject("/Contents")] = writer._add_object(content)
    path = tmp_path / "bomb.pdf"
    writer.write(path)
    return path


def test_no_passage_goes_on_from_one_page_to_the_next(make_pdf: Any) -> None:
    path = make_pdf([["The mill."], ["It turns.", "It grinds."], ["The end."]])
    document = _read(path, "application/pdf")

    found = [(text, document.page_at(span.start)) for span, text in document.passages(_words, 100)]

    assert found == [("The mill.", 1), ("It turns. It grinds.", 2), ("The end.", 3)]


def _words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]
