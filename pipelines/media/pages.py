"""The pages of a source, one in memory at a time: a PDF's rendered, a TIFF's as they lie, any other picture as one."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.contract import Source
from pipelines.errors import BadInput
from pipelines.media.pdf_pages import PdfPage, opened_pdf
from pipelines.media.picture_header import UNREADABLE, check_size, opened_picture

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipelines.media.picture import Picture

PDF_TYPE = "application/pdf"
MAX_PAGES = 500  # of one run
RANGES = r"^(|[0-9]{1,5}(-[0-9]{1,5})?(, ?[0-9]{1,5}(-[0-9]{1,5})?)*)$"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: upright, RGB, and what the user should know of it."""

    picture: "Image"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """How many pages a source has; ``page(number)``, counted from 1, decodes one and raises BadInput as it must."""

    count: int
    page: Callable[[int], Page]


def ranges_of(text: str) -> list[range]:
    """What ``text``, such as ``1-3,7``, asks for; raises ValueError for a range that runs backwards or begins at 0."""
    ranges: list[range] = []
    for first, last in re.findall(r"([0-9]+)(?:-([0-9]+))?", text):
        numbers = range(int(first), int(last or first) + 1)
        if not numbers or numbers.start == 0:
            raise ValueError(f"pages {first}-{last or first}: pages are counted from 1, the lower number first")
        ranges.append(numbers)
    return ranges


def chosen_pages(text: str, count: int) -> list[int]:
    """The numbers of the pages that ``text`` asks for, each once and in order; all ``count`` where it is empty.

    Raises BadInput ``no_such_page``, or ``too_many_pages`` for more than ``MAX_PAGES``.
    """
    ranges = ranges_of(text) or [range(1, count + 1)]
    beyond = max(numbers.stop - 1 for numbers in ranges)
    if beyond > count:
        told = "one page" if count == 1 else f"{count} pages"
        raise BadInput(f"there is no page {beyond}: the document has {told}", code="no_such_page")
    numbers = sorted({number for numbers in ranges for number in numbers})
    if len(numbers) > MAX_PAGES:
        raise BadInput(
            f"{len(numbers)} pages are more than the {MAX_PAGES} of one job: choose some, such as 1-{MAX_PAGES}",
            code="too_many_pages",
        )
    return numbers


@contextmanager
def opened_pages(source: Source, dpi: int, check: Callable[[], None]) -> Iterator[Pages]:
    """The pages of a PDF, rendered at ``dpi``, or of a picture; ``check`` is called while PDFium draws.

    Raises BadInput as they do.
    """
    if source.media_type == PDF_TYPE:
        with opened_pdf(source.path, dpi, check) as pdf:
            yield Pages(pdf.count, lambda number: _drawn(pdf.page(number)))
    elif source.media_type == "image/tiff":
        with opened_picture(source.path) as tiff:
            yield Pages(_frames(tiff), lambda number: _page(_frame(tiff, number)))
    else:
        from pipelines.media.picture import read_picture

        yield Pages(1, lambda _: _page(read_picture(source.path)))


def _page(picture: "Picture") -> Page:
    return Page(picture.upright, picture.warnings)


def _drawn(page: PdfPage) -> Page:
    better = "The PDF brings its own text, which the text pipelines read without the errors of looking at it."
    return Page(page.picture, (better,) if page.has_text else ())


def _frames(tiff: "Image") -> int:
    try:
        return int(getattr(tiff, "n_frames", 1))
    except UNREADABLE as broken:
        raise BadInput("the list of the file's pages is broken or cut off", code="bad_media") from broken


def _frame(tiff: "Image", number: int) -> "Picture":
    from pipelines.media.picture import decoded

    try:
        tiff.seek(number - 1)
    except UNREADABLE as broken:
        raise BadInput(f"page {number} is broken or cut off", code="bad_media") from broken
    check_size(tiff.size)
    return decoded(tiff)
