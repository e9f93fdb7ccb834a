"""Which pieces of several files to show where not all of them can be: of each file some, so that none is forgotten."""

from collections.abc import Sequence
from itertools import zip_longest

from pipelines.contract import Context
from pipelines.dialogue.evidence import Evidence
from pipelines.dialogue.relevance import best_first


def in_turns(pieces: Sequence[Evidence], question: str, context: Context) -> tuple[list[Evidence], tuple[str, ...]]:
    """The pieces in the order in which they are to be shown, and what should be known of how it was found.

    With a ``question`` the best of each file comes first, and behind these all others by how well they fit. Without one
    the files take turns, each with the piece that halves the longest stretch of it that was not shown.
    """
    if not question:
        turns = zip_longest(*(_halving(own) for own in by_source(pieces).values()))
        return [piece for turn in turns for piece in turn if piece is not None], ()
    ranked, warnings = best_first(pieces, question, len(pieces), context)
    firsts = {id(own[0]) for own in by_source(ranked).values()}
    return sorted(ranked, key=lambda piece: id(piece) not in firsts), warnings


def by_source(pieces: Sequence[Evidence]) -> dict[int | None, list[Evidence]]:
    """The pieces of each file, in their order, the files by their first one."""
    found: dict[int | None, list[Evidence]] = {}
    for piece in pieces:
        found.setdefault(piece.source, []).append(piece)
    return found


def _halving(pieces: Sequence[Evidence]) -> list[Evidence]:
    """The first, the last, the middle, the middles of both halves, and so on: van der Corput's sequence in base 2."""
    order: list[int] = [0, len(pieces) - 1]
    parts = 2
    while parts < 2 * len(pieces):
        order += [part * (len(pieces) - 1) // parts for part in range(1, parts, 2)]
        parts *= 2
    order += range(len(pieces))
    return [pieces[place] for place in dict.fromkeys(order)]
