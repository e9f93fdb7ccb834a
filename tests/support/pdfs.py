"""Small PDFs made on the spot."""

import io
from collections.abc import Sequence

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject


def pdf(pages: Sequence[Sequence[str]], password: str = "", cipher: str | None = None) -> bytes:
    """Pages of ASCII lines, A4, locked with ``password`` by ``cipher`` if one is given."""
    writer = PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = _fonts()
        page[NameObject("/Contents")] = writer._add_object(_shown(lines))
    if password:
        writer.encrypt(password, algorithm=cipher)
    return _written(writer)


def endless_pdf() -> bytes:
    """A page, of a few KB, that shows a form of 2,000 lines 4,000 times: nobody has read its text within an hour."""
    writer = PdfWriter()
    form = _shown(["x"] * 2000)
    form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    form[NameObject("/BBox")] = ArrayObject([NumberObject(side) for side in (0, 0, 595, 842)])
    form[NameObject("/Resources")] = _fonts()
    forms = DictionaryObject({NameObject("/X"): writer._add_object(form.flate_encode())})
    page = writer.add_blank_page(595, 842)
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): forms})
    content = DecodedStreamObject()
    content.set_data(b"/X Do " * 4000)
    page[NameObject("/Contents")] = writer._add_object(content.flate_encode())
    return _written(writer)


def _shown(lines: Sequence[str]) -> DecodedStreamObject:
    shown = "".join(f"({line}) Tj T*\n" for line in lines)
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 12 Tf 14 TL 50 800 Td\n{shown}ET".encode("ascii"))
    return content


def _fonts() -> DictionaryObject:
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    return DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): named})})


def _written(writer: PdfWriter) -> bytes:
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
