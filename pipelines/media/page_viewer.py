"""Shows one page of a file, in a process of its own: what users bring may ask for hours and for all memory.

It is started as ``python -m pipelines.media.page_viewer`` with what is wanted as JSON in its one argument, and answers
on its standard output by a line of JSON and, of a picture, its bytes. ``api/viewing.py`` is who asks.
"""

import json
import os
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipelines.contract import Source
from pipelines.errors import BadInput
from pipelines.media.apart import bound, end_at
from pipelines.media.pages import opened_pages

if TYPE_CHECKING:
    from PIL.Image import Image

NICE = 5  # whoever waits for an answer goes before whoever waits for a page
QUALITIES = (88, 60, 30)  # the first that fits
MOST_BYTES = 16 << 20  # of a picture
MOST_CHARACTERS = 100_000  # of a text
MOST_WRITTEN_BYTES = 32 << 20  # whatever is said, what a library prints on its way too
MOST_SIDE_PX = 65_500  # a JPEG has no more


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page, counted from 1, of the file at ``path``: its picture at ``dpi`` where it has no pixels, or its text.

    ``cpu_s`` and ``memory_bytes`` bound the process; the renderer of PDFs has bounds of its own.
    """

    path: str
    media_type: str
    page: int
    dpi: int | None
    cpu_s: int
    memory_bytes: int


def main() -> None:
    """Show what is wanted, or say why not."""
    wanted = Wanted(**json.loads(sys.argv[1]))
    os.nice(NICE)
    answers = bound(wanted.memory_bytes, MOST_WRITTEN_BYTES)
    end_at(wanted.cpu_s)
    try:
        told, picture = _text(wanted) if wanted.dpi is None else _picture(wanted, wanted.dpi)
    except BadInput as error:
        told, picture = {"refused": {"code": error.code, "message": error.message}}, b""
    except MemoryError:
        told, picture = {"refused": {"code": "too_costly", "message": f"page {wanted.page} takes too much memory"}}, b""
    _answer(answers, told, picture)


def _text(wanted: Wanted) -> tuple[dict[str, Any], bytes]:  # Any: JSON
    from pipelines.media.pdf import read_page

    text, start, pages = read_page(Path(wanted.path), wanted.page)
    most = f"The page has {len(text):,} characters; the first {MOST_CHARACTERS:,} are shown."
    warnings = [most] if len(text) > MOST_CHARACTERS else []
    return {"text": text[:MOST_CHARACTERS], "start": start, "pages": pages, "warnings": warnings}, b""


def _picture(wanted: Wanted, dpi: int) -> tuple[dict[str, Any], bytes]:  # Any: JSON
    source = Source(Path(wanted.path), "the file", wanted.media_type, Path(wanted.path).stat().st_size)
    with opened_pages(source, dpi, lambda: None) as opened:
        if wanted.page > opened.count:
            raise BadInput(f"there is no page {wanted.page}: the file has {opened.count}", code="no_such_page")
        return {"pages": opened.count}, _encoded(opened.page(wanted.page).picture)


def _encoded(picture: "Image") -> bytes:
    if max(picture.size) > MOST_SIDE_PX:
        raise BadInput(f"a side of more than {MOST_SIDE_PX:,} pixels is not shown", code="too_many_pixels")
    for quality in QUALITIES:
        encoded = BytesIO()
        picture.save(encoded, "JPEG", quality=quality, subsampling=0)  # letters have no colours to blur
        if encoded.tell() <= MOST_BYTES:
            return encoded.getvalue()
    most = f"{picture.width} x {picture.height} pixels take more than {MOST_BYTES >> 20} MiB as JPEG"
    raise BadInput(f"{most}, and boxes would not fit on fewer: download the file", code="too_many_pixels")


def _answer(answers: IO[bytes], told: dict[str, Any], picture: bytes) -> None:  # Any: JSON
    answers.write(json.dumps(told).encode() + b"\n")
    answers.write(picture)
    answers.flush()


if __name__ == "__main__":
    main()
