"""The text layer of a PDF, within bounds of pages, characters and decompressed bytes."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from pipelines.errors import BadInput
from pipelines.media.pdf_text import BETWEEN_PAGES

MAX_PAGES = 2000
MAX_CHARACTERS = 10_000_000

# pypdf meets broken structure with whatever the missing object makes Python raise, filters that it does not know with
# NotImplementedError, and those that need a program with DependencyError.
DAMAGED = (
    *(PyPdfError, DependencyError, NotImplementedError, ValueError, KeyError, IndexError, TypeError),
    *(AttributeError, RecursionError, OSError),
)

_HYPHENATED = re.compile(r"(?<=[a-z\u00df-\u024f])-\n(?=[a-z\u00df-\u024f])")  # a word broken at the line's end

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it remarks on every oddity that it mends


def read_pages(path: Path, check: Callable[[], None]) -> tuple[list[str], int]:
    """The text of each page, at most ``MAX_PAGES`` of them, and how many pages the document has.

    Decompression is bounded by pypdf (75 MB a stream). Raises BadInput ``encrypted_pdf`` when a password is
    needed, ``bad_media`` when it is no readable PDF or unpacks to too much, ``no_text`` when no page has any text.
    """
    with _opened(path) as reader:
        page_count = len(reader.pages)
        pages = _texts(reader, min(page_count, MAX_PAGES), check)
    if not any(page.strip() for page in pages):
        raise BadInput(
            "The PDF has no text layer: it is probably a scan. Send it to image.read.",
            code="no_text",
        )
    return pages, page_count


def read_page(path: Path, number: int) -> tuple[str, int, int]:
    """The text of a page, counted from 1, the character of the whole that it begins at, and how many pages there are.

    The whole is as ``read_pages`` reads it, joined by two line breaks. Raises BadInput as that does, but for pages
    without text, and ``no_such_page``.
    """
    with _opened(path) as reader:
        page_count = len(reader.pages)
        if not 1 <= number <= page_count:
            raise BadInput(f"there is no page {number}: the document has {page_count}", code="no_such_page")
        if number > MAX_PAGES:
            raise BadInput(f"The text of page {number} is not read: {MAX_PAGES:,} are.", code="too_many_pages")
        *before, text = _texts(reader, number, lambda: None)
    return text, sum(len(page) + len(BETWEEN_PAGES) for page in before), page_count


@contextmanager
def _opened(path: Path) -> Iterator[PdfReader]:
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadInput("The PDF is encrypted: remove its password and send it again.", code="encrypted_pdf")
        yield reader
    except LimitReachedError as error:
        raise BadInput(f"The PDF unpacks to more than is read here: {error}", code="bad_media") from error
    except DAMAGED as error:
        raise BadInput(f"The PDF is damaged and cannot be read ({type(error).__name__}).", code="bad_media") from error


def _texts(reader: PdfReader, count: int, check: Callable[[], None]) -> list[str]:
    pages: list[str] = []
    characters = 0
    for number in range(count):
        check()
        text = _HYPHENATED.sub("", reader.pages[number].extract_text().encode("utf-8", "replace").decode("utf-8"))
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise BadInput(f"The PDF has more than {MAX_CHARACTERS:,} characters: split it.", code="too_large")
        pages.append(text)
    return pages
