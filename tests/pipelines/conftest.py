"""Small PDFs made on the spot."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

PdfMaker = Callable[..., Path]


@pytest.fixture
def make_pdf(tmp_path: Path) -> PdfMaker:
    """A function that writes a PDF of pages of ASCII lines, locked with ``password`` by ``cipher`` if one is given."""

    def make(pages: Sequence[Sequence[str]], password: str = "", cipher: str | None = None) -> Path:
        writer = PdfWriter()
        for lines in pages:
            page = writer.add_blank_page(595, 842)
            font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
            named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
            fonts = DictionaryObject({NameObject("/F1"): named})
            page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
            shown = "".join(f"({line}) Tj T*\n" for line in lines)
            content = DecodedStreamObject()
            content.set_data(f"BT /F1 12 Tf 14 TL 50 800 Td\n{shown}ET".encode("ascii"))
            page[NameObject("/Contents")] = writer._add_object(content)
        if password:
            writer.encrypt(password, algorithm=cipher)
        path = tmp_path / "made.pdf"
        writer.write(path)
        return path

    return make
