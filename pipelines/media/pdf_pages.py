"""The pages of a PDF as pictures, rendered one at a time by PDFium in a process that can be killed."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from pipelines.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

RENDERER = Path(__file__).with_name("pdf_renderer.py")
HEAD_BYTES = 4
POLL_S = 0.2
READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one page may take: one of A2 at 400 dpi has 50 million pixels, and takes seconds and half a gigabyte."""

    cpu_s: int = 60
    memory_bytes: int = 2 << 30
    pixels: int = 50_000_000


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page on white, RGB, its turn followed; ``has_text``: the PDF brings its text along."""

    picture: "Image"
    has_text: bool


class PdfPages:
    """An open PDF. Pages are numbered from 1."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", log: IO[bytes], dpi: int, check: Callable[[], None], most: Allowance
    ) -> None:
        """Wait for what the renderer tells of the document."""
        self._process, self._log, self._dpi, self._check, self._most = process, log, dpi, check, most
        told = self._told("the document")
        if told.get("refused") == "encrypted":
            raise BadInput("The PDF is encrypted: remove its password and send it again.", code="encrypted_pdf")
        self.count = int(told.get("pages", 0))
        if self.count == 0:
            raise BadInput("The PDF cannot be read: it is damaged or has no pages.", code="bad_media")

    def page(self, number: int) -> PdfPage:
        """Render a page. Raises BadInput ``too_many_pixels``, ``too_costly`` or ``bad_media``."""
        from PIL import Image

        stdin = self._process.stdin
        if stdin is None:
            raise ValueError("the renderer was started without a pipe")
        try:
            stdin.write(f"{number}\n".encode())
        except BrokenPipeError as gone:
            raise self._death("the document") from gone
        told = self._told(f"page {number}")
        if "refused" in told:
            raise self._refusal(told, number)
        size = (told["width"], told["height"])
        picture = Image.frombytes("RGB", size, self._read(size[0] * size[1] * 3, f"page {number}"))
        return PdfPage(picture, told["has_text"])

    def _told(self, what: str) -> dict[str, Any]:  # Any: JSON
        length = int.from_bytes(self._read(HEAD_BYTES, what), "little")
        return dict(json.loads(self._read(length, what)))

    def _read(self, count: int, what: str) -> bytes:
        """So many bytes of an answer; raises BadInput where the renderer died of ``what``."""
        stdout = self._process.stdout
        if stdout is None:
            raise ValueError("the renderer was started without a pipe")
        found = bytearray()
        while len(found) < count:
            self._check()
            if select.select([stdout], [], [], POLL_S)[0]:
                read = os.read(stdout.fileno(), min(READ_BYTES, count - len(found)))
                if not read:
                    raise self._death(what)
                found += read
        return bytes(found)

    def _death(self, what: str) -> Exception:
        """Why it is gone: a signal is one of its limits, or PDFium's own end; all else is a defect of ours."""
        if self._process.wait() < 0:
            return self._too_costly(what)
        self._log.seek(0)
        return RuntimeError(f"the renderer of PDFs failed: {self._log.read()[-2000:].decode(errors='replace')}")

    def _too_costly(self, what: str) -> BadInput:
        most = f"{self._most.cpu_s} s or {self._most.memory_bytes / (1 << 30):g} GiB"
        return BadInput(
            f"{what} of the PDF takes more than {most} to draw, or breaks what draws it: "
            "leave it out, choose a lower resolution, or print the PDF into a new one",
            code="too_costly",
        )

    def _refusal(self, told: dict[str, Any], number: int) -> BadInput:  # Any: JSON
        if told["refused"] == "too large":
            return BadInput(
                f"page {number} would have {told['width']} x {told['height']} pixels at {self._dpi} dpi, more than"
                f" {self._most.pixels / 1e6:g} million: choose a lower resolution",
                code="too_many_pixels",
            )
        if told["refused"] == "too costly":
            return self._too_costly(f"page {number}")
        return BadInput(f"page {number} of the PDF is damaged", code="bad_media")


@contextmanager
def opened_pdf(path: Path, dpi: int, check: Callable[[], None], most: Allowance = Allowance()) -> Iterator[PdfPages]:
    """The PDF, to be rendered at ``dpi``; ``check`` is called meanwhile, and what it raises ends the renderer.

    Raises BadInput ``encrypted_pdf``, or ``bad_media``, without pages too.
    """
    numbers = map(str, (dpi, most.cpu_s, most.memory_bytes, most.pixels))
    command = [sys.executable, "-I", str(RENDERER), str(path), *numbers]
    with (
        TemporaryFile() as log,
        subprocess.Popen(  # noqa: S603
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        try:
            yield PdfPages(process, log, dpi, check, most)
        finally:
            process.kill()
