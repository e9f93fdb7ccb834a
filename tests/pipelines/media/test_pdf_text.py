"""PDFs are read elsewhere: what asks for too much is refused, and what is cancelled ends, within a page too."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from support.pdfs import endless_pdf

from pipelines.contract import Source
from pipelines.errors import BadInput, Cancelled
from pipelines.media.document import read_document
from pipelines.media.pdf_text import Allowance, text_of_pdf


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    path = tmp_path / "endless.pdf"
    path.write_bytes(endless_pdf())
    return path


PdfMaker = Callable[..., Path]


def nothing_to_check() -> None:
    pass


def readers() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "pdf_reader" in " ".join(one.cmdline())]


@pytest.mark.parametrize("most", [Allowance(page_s=1), Allowance(whole_s=1)])
def test_page_that_asks_for_too_much_is_refused(endless: Path, most: Allowance) -> None:
    with pytest.raises(BadInput, match="takes more than") as refused:
        text_of_pdf(endless, nothing_to_check, most)

    assert refused.value.code == "too_costly"


def test_document_that_asks_for_too_much_memory_is_refused(make_pdf: PdfMaker) -> None:
    path = make_pdf([["x" * 9_000_000]])

    with pytest.raises(BadInput, match=r"0\.0625 GiB") as refused:
        text_of_pdf(path, nothing_to_check, Allowance(memory_bytes=1 << 26))

    assert refused.value.code == "too_costly"


def test_cancel_is_heard_within_a_page_and_ends_what_reads_it(endless: Path) -> None:
    checks = iter((None,) * 3)

    def check() -> None:
        if next(checks, "no more") is not None:
            raise Cancelled

    with pytest.raises(Cancelled):
        read_document(Source(endless, endless.name, "application/pdf", 1), check)

    assert readers() == []
