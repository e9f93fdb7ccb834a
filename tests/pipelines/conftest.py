"""Small PDFs made on the spot, as files."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from support.pdfs import pdf

PdfMaker = Callable[..., Path]


@pytest.fixture
def make_pdf(tmp_path: Path) -> PdfMaker:
    """A function that writes a PDF of pages of ASCII lines, locked with ``password`` by ``cipher`` if one is given."""

    def make(pages: Sequence[Sequence[str]], password: str = "", cipher: str | None = None) -> Path:
        path = tmp_path / "made.pdf"
        path.write_bytes(pdf(pages, password, cipher))
        return path

    return make
