"""The text layer of a PDF, read by a process that can be killed, whichever thread or lane asks for it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from pipelines.errors import BadInput
from pipelines.media.apart import run_apart

READER = "pipelines.media.pdf_reader"
BETWEEN_PAGES = "\n\n"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What reading may take: most pages take hundredths of a second, and 2,000 of them half a minute."""

    page_s: int = 20  # of processor time
    whole_s: int = 180
    memory_bytes: int = 2 << 30


def text_of_pdf(path: Path, check: Callable[[], None], most: Allowance = Allowance()) -> tuple[list[str], int]:
    """The text of each page and how many the document has, as ``pdf.read_pages`` reads them in the process here.

    ``check`` is called meanwhile, and what it raises ends the reader. Raises BadInput as ``read_pages`` does, and
    ``too_costly`` where a limit ended it.
    """
    limits = map(str, (most.page_s, most.whole_s, most.memory_bytes))
    with TemporaryFile() as answers:
        if not run_apart(READER, [str(path.absolute()), *limits], answers, check):
            raise _too_costly(most)
        answers.seek(0)
        told = json.loads(answers.read())
    if "refused" not in told:
        return told["pages"], told["count"]
    if told["refused"] is None:
        raise _too_costly(most)
    raise BadInput(told["refused"]["message"], code=told["refused"]["code"])


def _too_costly(most: Allowance) -> BadInput:
    limits = f"{most.page_s} s for a page, {most.whole_s} s or {most.memory_bytes / (1 << 30):g} GiB"
    return BadInput(
        f"The text of the PDF takes more than {limits} to read, or breaks what reads it: "
        "split it, or print it into a new one.",
        code="too_costly",
    )
