"""Turns of speech: who speaks from when to when, and which words are whose."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from pipelines.media.transcript import Segment, Word, confidence_in
from pipelines.media.word_times import agreed

# One window that is unlike those around it makes a turn of three quarters of a second, and is more often a laugh or a
# breath than somebody else: 3D-Speaker, too, smooths what lasts up to a second.
SHORTEST_S = 1.0
NEAR_S = 1.0  # a word so close to a turn is of it: a detector of speech misses quiet ends


@dataclass(frozen=True, slots=True)
class Turn:
    """``speaker`` (``S1``, ``S2`` and on, in order of appearance) speaks from ``start_s`` to ``end_s``."""

    start_s: float
    end_s: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Windowed:
    """A window of speech in seconds, and the number of who speaks in it."""

    start_s: float
    end_s: float
    speaker: int


def turns_of(windows: Sequence[Windowed]) -> list[Turn]:
    """The turns that overlapping ``windows``, in order, tell of.

    Each moment is of the window whose middle is nearest. What is too short goes to its longer neighbour, unless it
    stands alone between pauses.
    """
    turns = [piece for run in _runs(windows) for piece in _smoothed(_pieces(run))]
    names: dict[int, str] = {}
    for piece in turns:
        names.setdefault(piece.speaker, f"S{len(names) + 1}")
    return [Turn(round(one.start_s, 3), round(one.end_s, 3), names[one.speaker]) for one in turns]


def with_speakers(segments: Sequence[Segment], turns: Sequence[Turn]) -> list[Segment]:
    """``segments`` with who says them, cut between words where another goes on; one without words has its majority's.

    Nobody is named for what is far from every turn. Speakers are named anew, in the order in which segments are theirs.
    """
    ends_s = [turn.end_s for turn in turns]
    parts = [part for segment in agreed(segments) for part in _parted(segment, turns, ends_s)]
    names: dict[str | None, str | None] = {None: None}
    for part in parts:
        names.setdefault(part.speaker, f"S{len(names)}")
    return [replace(part, speaker=names[part.speaker]) for part in parts]


def _runs(windows: Sequence[Windowed]) -> Iterator[list[Windowed]]:
    """Windows between two pauses."""
    run: list[Windowed] = []
    for window in windows:
        if run and window.start_s > run[-1].end_s:
            yield run
            run = []
        run.append(window)
    if run:
        yield run


def _pieces(run: Sequence[Windowed]) -> list[Windowed]:
    middles = [(one.start_s + one.end_s) / 2 for one in run]
    bounds = [run[0].start_s, *((one + other) / 2 for one, other in pairwise(middles)), run[-1].end_s]
    return _joined([Windowed(*times, window.speaker) for times, window in zip(pairwise(bounds), run, strict=True)])


def _joined(pieces: Sequence[Windowed]) -> list[Windowed]:
    """Neighbours of one speaker as one piece."""
    same = [list(group) for _, group in groupby(pieces, key=lambda piece: piece.speaker)]
    return [Windowed(group[0].start_s, group[-1].end_s, group[0].speaker) for group in same]


def _smoothed(pieces: list[Windowed]) -> list[Windowed]:
    """``pieces`` without any that is too short, the shortest given away first."""
    while len(pieces) > 1:
        at = min(range(len(pieces)), key=lambda one: _length_s(pieces[one]))
        if _length_s(pieces[at]) >= SHORTEST_S:
            break
        neighbours = [pieces[beside] for beside in (at - 1, at + 1) if 0 <= beside < len(pieces)]
        pieces[at] = replace(pieces[at], speaker=max(neighbours, key=_length_s).speaker)
        pieces = _joined(pieces)
    return pieces


def _length_s(piece: Windowed) -> float:
    return piece.end_s - piece.start_s


def _parted(segment: Segment, turns: Sequence[Turn], ends_s: Sequence[float]) -> Iterator[Segment]:
    if not segment.words:
        yield replace(segment, speaker=_speaker(segment.start_s, segment.end_s, turns, ends_s))
        return
    named = [(_speaker(word.start_s, word.end_s, turns, ends_s), word) for word in segment.words]
    known = [name for name, _ in named if name is not None]
    last = known[0] if known else None
    filled: list[tuple[str | None, Word]] = []
    for name, word in named:
        last = name or last  # a word far from every turn is of whoever spoke before
        filled.append((last, word))
    groups = [(name, [word for _, word in group]) for name, group in groupby(filled, key=lambda pair: pair[0])]
    texts = _texts(segment.text, [words for _, words in groups])
    for number, ((name, words), text) in enumerate(zip(groups, texts, strict=True)):
        start_s = words[0].start_s if number else segment.start_s
        end_s = words[-1].end_s if number < len(groups) - 1 else segment.end_s
        confidence = confidence_in(words) if len(groups) > 1 else segment.confidence
        piece = replace(segment, start_s=start_s, end_s=end_s, text=text, confidence=confidence, words=tuple(words))
        yield replace(piece, speaker=name)


def _texts(text: str, groups: Sequence[Sequence[Word]]) -> Iterator[str]:
    """``text`` cut behind the last word of each group, however its words are joined."""
    begun = 0
    for words in groups[:-1]:
        at = begun
        for word in words:
            found = text.find(word.text, at)
            at = found + len(word.text) if found >= 0 else at
        yield text[begun:at].strip()
        begun = at
    yield text[begun:].strip()


def _speaker(start_s: float, end_s: float, turns: Sequence[Turn], ends_s: Sequence[float]) -> str | None:
    """Who speaks longest between two moments; else who does next to them."""
    lasts_s: dict[str, float] = {}
    first = at = bisect_right(ends_s, start_s)
    while at < len(turns) and turns[at].start_s < end_s:
        turn = turns[at]
        lasts_s[turn.speaker] = lasts_s.get(turn.speaker, 0.0) + min(turn.end_s, end_s) - max(turn.start_s, start_s)
        at += 1
    if lasts_s:
        return max(lasts_s, key=lambda name: lasts_s[name])
    beside = [(_away_s(turn, start_s, end_s), turn.speaker) for turn in turns[max(first - 1, 0) : first + 1]]
    away_s, nearest = min(beside, default=(NEAR_S, None))
    return nearest if away_s < NEAR_S else None


def _away_s(turn: Turn, start_s: float, end_s: float) -> float:
    return max(turn.start_s - end_s, start_s - turn.end_s, 0.0)
