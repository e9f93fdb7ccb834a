"""Reads the text of a PDF in a process of its own: a page may ask for hours and for all memory, and cannot be stopped.

It is started as ``python -m pipelines.media.pdf_reader PATH PAGE_S WHOLE_S MEMORY_BYTES`` and answers on its standard
output, a file, by a line of JSON: the text of the pages and how many there are, or why they are not read.
"""

import json
import math
import sys
import time
from pathlib import Path
from typing import Any

from pipelines.errors import BadInput
from pipelines.media.apart import bound, end_at

MOST_WRITTEN_BYTES = 64 << 20  # as JSON, ten million characters of four bytes and what is escaped of them


def main() -> None:
    """Read the document, or say why not."""
    path, page_s, whole_s, memory_bytes = sys.argv[1], *map(int, sys.argv[2:])
    answers = bound(memory_bytes, MOST_WRITTEN_BYTES)
    _allow(page_s, whole_s)
    try:
        answer = _read(Path(path), page_s, whole_s)
    except BadInput as error:
        answer = {"refused": {"code": error.code, "message": error.message}}
    except MemoryError:
        answer = {"refused": None}
    with answers:
        answers.write(json.dumps(answer, ensure_ascii=False).encode())


def _read(path: Path, page_s: int, whole_s: int) -> dict[str, Any]:  # Any: JSON
    from pipelines.media.pdf import read_pages

    pages, count = read_pages(path, lambda: _allow(page_s, whole_s))
    return {"pages": pages, "count": count}


def _allow(page_s: int, whole_s: int) -> None:
    """So many seconds of processor time from now on, within those of the whole; a signal then ends the process."""
    end_at(min(whole_s, math.ceil(time.process_time()) + page_s))


if __name__ == "__main__":
    main()
