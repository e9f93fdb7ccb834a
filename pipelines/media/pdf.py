"""The text layer of a PDF, within bounds of pages, characters and decompressed bytes."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from pipelines.errors import BadInput

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
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadInput("The PDF is encrypted: remove its password and send it again.", code="encrypted_pdf")
        page_count = len(reader.pages)
        pages = _texts(reader, min(page_count, MAX_PAGES), check)
    except LimitReachedError as error:
        raise BadInput(f"The PDF unpacks to more than is read here: {error}", code="bad_media") from error
    except DAMAGED as error:
        raise BadInput(f"The PDF is damaged and cannot be read ({type(error).__name__}).", code="bad_media") from error
    if not any(page.strip() for page in pages):
        raise BadInput(
            "The PDF has no text layer: it is probably a scan. Send it to image.read.",
            code="no_text",
        )
    return pages, page_count


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
