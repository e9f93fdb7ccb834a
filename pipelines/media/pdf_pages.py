"""The pages of a PDF as pictures, rendered one at a time by PDFium."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PAGE_PIXELS = 50_000_000  # a sheet of A2 at 400 dpi; PDFium's canvas takes four bytes of each
POINTS_PER_INCH = 72
_DAMAGED = "The PDF cannot be read: it is damaged or has no pages."

_one_at_a_time = threading.Lock()  # PDFium is not thread-safe, not even with two documents


class PdfPages:
    """An open PDF. Pages are numbered from 1."""

    def __init__(self, document: Any, dpi: int) -> None:  # Any: pypdfium2 ships no types
        self._document, self._dpi = document, dpi
        with _one_at_a_time:
            self.count = len(document)

    def picture(self, number: int) -> "Image":
        """Render a page, RGB on white, its turn followed. Raises BadInput ``too_many_pixels`` or ``bad_media``."""
        import pypdfium2

        with _one_at_a_time:
            try:
                page = self._document[number - 1]
            except pypdfium2.PdfiumError as broken:
                raise BadInput(f"page {number} of the PDF is damaged", code="bad_media") from broken
            try:
                self._check_size(page.get_size(), number)
                bitmap = page.render(scale=self._dpi / POINTS_PER_INCH, rev_byteorder=True)
                rendered: Image = bitmap.to_pil().convert("RGB")
                return rendered
            finally:
                page.close()

    def has_text(self, number: int) -> bool:
        """Whether a page has a text layer; a page that PDFium cannot read has none."""
        import pypdfium2

        with _one_at_a_time:
            try:
                page = self._document[number - 1]
                return bool(page.get_textpage().count_chars())
            except pypdfium2.PdfiumError:
                return False

    def _check_size(self, size_points: tuple[float, float], number: int) -> None:
        width, height = (max(1, round(side * self._dpi / POINTS_PER_INCH)) for side in size_points)
        if width * height > MAX_PAGE_PIXELS:
            raise BadInput(
                f"page {number} would have {width} x {height} pixels at {self._dpi} dpi, more than"
                f" {MAX_PAGE_PIXELS / 1e6:g} million: choose a lower resolution",
                code="too_many_pixels",
            )


@contextmanager
def opened_pdf(path: Path, dpi: int) -> Iterator[PdfPages]:
    """The PDF, to be rendered at ``dpi``. Raises BadInput ``encrypted_pdf``, or ``bad_media``, without pages too."""
    import pypdfium2

    with _one_at_a_time:
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            raise _refusal(error) from error
    try:
        pages = PdfPages(document, dpi)
        if pages.count == 0:
            raise BadInput(_DAMAGED, code="bad_media")
        yield pages
    finally:
        with _one_at_a_time:
            document.close()


def _refusal(error: Any) -> BadInput:  # Any: as above
    from pypdfium2 import raw

    if error.err_code == raw.FPDF_ERR_PASSWORD:
        return BadInput("The PDF is encrypted: remove its password and send it again.", code="encrypted_pdf")
    return BadInput(_DAMAGED, code="bad_media")
