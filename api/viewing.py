"""Pages of stored files as somebody sees them, made by a process that can be killed (docs/adr/0018)."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from time import monotonic
from typing import IO, Any

from api.problems import Refused
from pipelines.errors import BadInput
from pipelines.media.apart import run_apart
from pipelines.media.page_viewer import Wanted

AT_ONCE = 2
PATIENCE_S = 20.0  # for others' pages
VIEWER = "pipelines.media.page_viewer"

_turns = BoundedSemaphore(AT_ONCE)  # of this process: pages are the machine's to draw, whoever wants them


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may take: the text of page 1,000 takes seconds, since that of those before it is counted."""

    cpu_s: int = 20
    wall_s: float = 40.0
    memory_bytes: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Shown:
    """What the viewer told of a page, and its picture as JPEG if that was wanted."""

    told: Mapping[str, Any]  # Any: JSON
    picture: IO[bytes]  # a file that has no name, from where the picture begins: a slow client costs no memory
    size_bytes: int


def show_page(path: Path, media_type: str, page: int, dpi: int | None = None, limits: Limits = Limits()) -> Shown:
    """A page of the file at ``path``, counted from 1: its picture where there is a ``dpi``, else its text.

    Raises BadInput as the viewer does, ``too_costly`` where its limits ended it, and Refused while others' pages take
    all there is.
    """
    wanted = Wanted(str(path), media_type, page, dpi, limits.cpu_s, limits.memory_bytes)
    if not _turns.acquire(timeout=PATIENCE_S):
        raise Refused(503, "too_many_clients", "others' pages are being drawn: ask again in a moment")
    try:
        answer = _answer(wanted, limits.wall_s)
    finally:
        _turns.release()
    told = json.loads(answer.readline())
    if refused := told.get("refused"):
        answer.close()
        raise BadInput(refused["message"], code=refused["code"])
    shown = Shown(told, answer, os.fstat(answer.fileno()).st_size - answer.tell())
    if dpi is None:
        answer.close()
    return shown


def _answer(wanted: Wanted, wall_s: float) -> IO[bytes]:
    until = monotonic() + wall_s

    def check() -> None:
        if monotonic() >= until:
            raise _too_costly(wanted)

    answer = TemporaryFile()  # noqa: SIM115  whoever sends it closes it
    try:
        if not run_apart(VIEWER, [json.dumps(asdict(wanted))], answer, check):
            raise _too_costly(wanted)
    except BaseException:
        answer.close()
        raise
    answer.seek(0)
    return answer


def _too_costly(wanted: Wanted) -> BadInput:
    what = f"page {wanted.page} takes more than {wanted.cpu_s} s to show, or breaks what shows it"
    return BadInput(f"{what}: download the file", code="too_costly")
