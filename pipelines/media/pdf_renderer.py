"""Draws the pages of a PDF in a process of its own: a page may ask for hours and for all memory, and cannot be stopped.

It is started by its path, in isolated mode: ``pdf_renderer.py PATH DPI CPU_S MEMORY_BYTES PIXELS``. It answers once
when the document is open, and then each number of a page that comes on its standard input, until that ends. An answer
is the length of a JSON text, four bytes, little-endian; that text; and the samples, RGB row by row, where it tells a
page.
"""

import json
import math
import os
import resource
import struct
import sys
import time
from typing import IO, Any

import pypdfium2
from pypdfium2 import raw

POINTS_PER_INCH = 72
HEAD = struct.Struct("<I")

Told = dict[str, Any]  # Any: JSON


def main() -> None:
    """Open the document and draw what is asked for."""
    path, dpi, cpu_s, memory_bytes, most_pixels = sys.argv[1], *map(int, sys.argv[2:])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere it is not kept to
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    _allow(cpu_s)
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        _answer(answers, {"refused": "encrypted" if is_locked else "damaged"})
        return
    _answer(answers, {"pages": len(document)})
    for line in sys.stdin:
        _allow(cpu_s)
        _answer(answers, *_drawn(document, int(line), dpi, most_pixels))


def _allow(cpu_s: int) -> None:
    """So many seconds of processor time from now on; the signal that comes then ends the process."""
    until_s = math.ceil(time.process_time()) + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (until_s, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _drawn(document: Any, number: int, dpi: int, most_pixels: int) -> tuple[Told, bytes]:  # Any: pypdfium2 is untyped
    """A page, upright on white. What a page refuses is told, and what memory does not suffice for."""
    try:
        page = document[number - 1]
        width, height = (max(1, round(side * dpi / POINTS_PER_INCH)) for side in page.get_size())
        if width * height > most_pixels:
            return {"refused": "too large", "width": width, "height": height}, b""
        picture = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True).to_pil().convert("RGB")
        told = {"width": picture.width, "height": picture.height, "has_text": _has_text(page)}
        return told, picture.tobytes()
    except pypdfium2.PdfiumError:
        return {"refused": "damaged"}, b""
    except MemoryError:
        return {"refused": "too costly"}, b""


def _has_text(page: Any) -> bool:
    """Whether a page has a text layer; what PDFium cannot read has none."""
    try:
        return bool(page.get_textpage().count_chars())
    except pypdfium2.PdfiumError:
        return False


def _answer(answers: IO[bytes], told: Told, samples: bytes = b"") -> None:
    text = json.dumps(told).encode()
    answers.write(HEAD.pack(len(text)) + text)
    answers.write(samples)
    answers.flush()


if __name__ == "__main__":
    main()
