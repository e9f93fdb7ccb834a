"""Where the UI opens something at its place: the one spelling of its deep links, told with hits and citations."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pipelines.house import MemoryKind
from triptych.memory.values import Source, StoredMemory

SHOWN_BY_THEIR_JOB = frozenset({MemoryKind.SEGMENT, MemoryKind.LINE, MemoryKind.LABELS})
SIDES = ("x", "y", "width", "height")

Place = Mapping[str, Any]  # Any: JSON


def link_to_memory(memory: StoredMemory, source: Source) -> str:
    """The path of the page that opens ``memory`` in its source; what has neither file nor page, among its neighbours.

    What was heard, or read in a picture, is shown by the job that did it; anything else by the file that it stands in.
    """
    return _where_it_stands(memory.kind, memory.place, memory.job_id, source.file_id) or f"/memory/{memory.id}"


def link_to_cited(citation: Mapping[str, Any]) -> str | None:  # Any: JSON
    """The same of what a reply cites; None once that is gone."""
    if citation["gone"]:
        return None
    kind, place, job_id = MemoryKind(citation["kind"]), citation["place"], citation["job_id"]
    if found := _where_it_stands(kind, place, job_id, citation["file_id"]):
        return found
    if citation["memory_id"] is not None:
        return f"/memory/{citation['memory_id']}"
    return None if job_id is None else f"/jobs/{job_id}{_query(place)}"


def _where_it_stands(kind: MemoryKind, place: Place, job_id: str | None, file_id: str | None) -> str | None:
    if job_id is not None and kind in SHOWN_BY_THEIR_JOB:
        return f"/jobs/{job_id}{_query(place)}"
    if file_id is not None and kind is not MemoryKind.NOTE:  # a note stands in no file
        return f"/files/{file_id}{_query(place)}"
    return None


def _query(place: Place) -> str:
    """``t`` in seconds, ``page`` from 1, ``box`` as x,y,width,height in pixels, ``from`` and ``to`` in characters."""
    asked: dict[str, Any] = {}
    if (start_s := place.get("start_s")) is not None:
        asked["t"] = _number(max(0, start_s))
    if (page := place.get("page")) is not None:
        asked["page"] = page
    if box := place.get("box"):
        asked["box"] = ",".join(_number(box[side]) for side in SIDES)
    if "start" in place and "end" in place:
        asked |= {"from": place["start"], "to": place["end"]}
    return f"?{urlencode(asked, safe=',')}" if asked else ""


def _number(value: float) -> str:
    """Milliseconds and thousandths of a pixel are fine enough; a whole number has no point."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
