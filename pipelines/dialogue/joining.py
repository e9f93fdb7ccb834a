"""Joining what is said in one recording to pieces that are cited together."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.dialogue.evidence import Evidence
from pipelines.house import MemoryKind

PIECE_CHARACTERS = 500  # of a transcript or a page: what is cited together


def joined(pieces: Sequence[Evidence]) -> list[Evidence]:
    """The segments of each recording as pieces of up to ``PIECE_CHARACTERS``, where nothing comes between.

    What another recording says at the same time does not: of two recordings of one event each is joined, but where
    people take turns in them, the turns stay.
    """
    found: list[Evidence] = []
    for piece in pieces:
        place = _goes_on_at(found, piece)
        if place is None:
            found.append(piece)
        else:
            found[place] = _with(found[place], piece)
    return found


def _goes_on_at(found: Sequence[Evidence], piece: Evidence) -> int | None:
    """Where the piece stands that ``piece`` goes on with; None where it begins one."""
    between: list[Evidence] = []
    for place in range(len(found) - 1, -1, -1):
        other = found[place]
        if other.kind is not MemoryKind.SEGMENT or piece.kind is not MemoryKind.SEGMENT:
            return None
        if other.source == piece.source:
            fits = len(other.text) + len(piece.text) <= PIECE_CHARACTERS
            return place if fits and all(_during(other, one) for one in between) else None
        between.append(other)
    return None


def _during(said: Evidence, other: Evidence) -> bool:
    """Whether ``other`` began while ``said`` was not over."""
    return bool(said.happened and other.happened and other.happened.begin < said.happened.end)


def _with(before: Evidence, piece: Evidence) -> Evidence:
    text, place = f"{before.text} {piece.text}", {**before.place, "end_s": piece.place["end_s"]}
    both = before.happened and piece.happened and replace(before.happened, end=piece.happened.end)
    return replace(before, text=text, place=place, happened=both)
