"""Subtitles that can be read: segments cut and timed by the rules that subtitlers work by, as SRT and WebVTT.

The defaults are those of Netflix's Timed Text Style Guide (https://partnerhelp.netflixstudios.com, General
Requirements): two lines of 42 characters, 5/6 of a second to 7 seconds, two frames between two of them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, zip_longest

from pipelines.media.fragments import Fragment, fragments, joined
from pipelines.media.transcript import Segment

CLOSED = r"[\"'\u201d\u2019)\]\u300d\u300f\uff09]*$"
SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]" + CLOSED)
CLAUSE_END = re.compile(r"[,;:\u2013\u2014\u3001\uff0c\uff1a\uff1b]" + CLOSED)
FRAME_S = 0.04  # of a film of 25 a second: nothing is seen for less


@dataclass(frozen=True, slots=True)
class Layout:
    """What a subtitle may be: lengths in characters, times in seconds."""

    line_characters: int = 42
    lines: int = 2
    shortest_s: float = 0.833
    longest_s: float = 7.0
    gap_s: float = 0.083


@dataclass(frozen=True, slots=True)
class Cue:
    """A subtitle: its lines, when it is to be seen, and who says it where that is known."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]
    speaker: str | None = None


def cues(segments: Sequence[Segment], layout: Layout) -> list[Cue]:
    """Subtitles for ``segments``, in order, none before its words and no two at once.

    A segment that is too long, for the lines or for the time, is cut where a sentence or a clause ends or somebody
    pauses. One that is too short stays until the next begins; of those that would come at the same moment, or before
    the one that they follow, each has its share of the time. A word that is longer than a line has a line of its own.
    """
    cut = [(piece, segment.speaker) for segment in segments for piece in _pieces(fragments(segment), layout)]
    starts_s = _starts_s([words for words, _ in cut], layout)
    return [
        Cue(start_s, _end_s(start_s, words, next_s, layout), tuple(_lines(words, layout)), speaker)
        for (words, speaker), start_s, next_s in zip_longest(cut, starts_s, starts_s[1:])
    ]


def named(segments: Sequence[Segment]) -> list[Segment]:
    """``segments`` for forms that know no speakers: each that begins another's turn begins with the name."""
    found: list[Segment] = []
    before = None
    for segment in segments:
        is_turn = segment.speaker is not None and segment.speaker != before
        found.append(_beginning_with(f"{segment.speaker}: ", segment) if is_turn else segment)
        before = segment.speaker
    return found


def _beginning_with(name: str, segment: Segment) -> Segment:
    first = tuple(replace(word, text=name + word.text) for word in segment.words[:1])
    return replace(segment, text=name + segment.text, words=(*first, *segment.words[1:]))


def as_srt(found: Sequence[Cue]) -> str:
    """SubRip: numbered cues, a comma before the milliseconds."""
    return "".join(
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{_text(cue)}\n\n"
        for number, cue in enumerate(found, start=1)
    )


def as_vtt(found: Sequence[Cue]) -> str:
    """WebVTT (W3C): a header, a point before the milliseconds, markup characters escaped, speakers as voices."""
    return "WEBVTT\n\n" + "".join(
        f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{_voice(cue)}{_escaped(_text(cue))}\n\n"
        for cue in found
    )


def _voice(cue: Cue) -> str:
    """The tag of who speaks; where it holds the whole cue it need not be closed."""
    return f"<v {cue.speaker}>" if cue.speaker is not None else ""


def _pieces(words: Sequence[Fragment], layout: Layout) -> Iterator[list[Fragment]]:
    """``words`` in as few pieces as fit, each cut at the best place."""
    if not words:
        return
    if len(words) == 1 or _fits(words, layout):
        yield list(words)
        return
    fitting = max((count for count in range(1, len(words)) if _fits(words[:count], layout)), default=1)
    cut = max(range(1, fitting + 1), key=lambda at: _worth(words, at, fitting))
    yield list(words[:cut])
    yield from _pieces(words[cut:], layout)


def _fits(words: Sequence[Fragment], layout: Layout) -> bool:
    return words[-1].end_s - words[0].start_s <= layout.longest_s and (
        len(_filled(words, layout.line_characters)) <= layout.lines
    )


def _worth(words: Sequence[Fragment], at: int, fitting: int) -> float:
    """How good a place the one before word ``at`` is: at a sentence's end, a clause's end or a pause, and late."""
    before, after = words[at - 1], words[at]
    pause_s = min(max(after.start_s - before.end_s, 0.0), 1.0)
    ends = 2.0 if SENTENCE_END.search(before.text) else 1.0 if CLAUSE_END.search(before.text) else 0.0
    return ends + pause_s + 1.5 * at / fitting


def _starts_s(pieces: Sequence[Sequence[Fragment]], layout: Layout) -> list[float]:
    """When each piece comes: with its first word, where that is after the one before it."""
    starts_s = list(accumulate((words[0].start_s for words in pieces), max))
    at = 0
    while at < len(starts_s):
        until = bisect_left(starts_s, starts_s[at] + FRAME_S, lo=at + 1)
        if until - at > 1:
            starts_s[at:until] = _shared_out(starts_s[at], pieces[at:until], starts_s[until : until + 1], layout)
        at = until
    return list(accumulate(starts_s, lambda before_s, start_s: max(start_s, before_s + FRAME_S)))


def _shared_out(
    start_s: float, pieces: Sequence[Sequence[Fragment]], following_s: Sequence[float], layout: Layout
) -> list[float]:
    """When each of ``pieces`` comes that would all come at ``start_s``: they share the time to the next."""
    said_until_s = max(words[-1].end_s for words in pieces)
    until_s = following_s[0] if following_s else max(said_until_s, start_s + len(pieces) * layout.shortest_s)
    share_s = min((until_s - start_s) / len(pieces), layout.longest_s)
    return [start_s + number * share_s for number in range(len(pieces))]


def _end_s(start_s: float, words: Sequence[Fragment], next_s: float | None, layout: Layout) -> float:
    """When the piece goes: with its last word, later where it was too short to read, before the next comes."""
    least_s = max(layout.shortest_s, FRAME_S)
    end_s = min(max(words[-1].end_s, start_s + least_s), start_s + max(layout.longest_s, least_s))
    if next_s is None:
        return end_s
    return min(end_s, next_s - layout.gap_s if next_s - layout.gap_s >= start_s + FRAME_S else next_s)


def _lines(words: Sequence[Fragment], layout: Layout) -> list[str]:
    """The words in as few lines as hold them, the lines about as long as each other, the upper one shorter."""
    best = _filled(words, layout.line_characters)
    count = len(best)
    for width in range(layout.line_characters - 1, 0, -1):
        narrower = _filled(words, width)
        if len(narrower) > count or max(map(len, narrower)) > layout.line_characters:
            break
        best = narrower
    return best


def _filled(words: Sequence[Fragment], width: int) -> list[str]:
    lines: list[list[Fragment]] = []
    length = 0
    for word in words:
        longer = length + word.is_spaced + len(word.text)
        if lines and longer <= width:
            lines[-1].append(word)
            length = longer
        else:
            lines.append([word])
            length = len(word.text)
    return [joined(line) for line in lines]


def _clock(moment_s: float, point: str) -> str:
    whole_s, ms = divmod(round(moment_s * 1000), 1000)
    minutes, seconds = divmod(whole_s, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"


def _text(cue: Cue) -> str:
    """A cue's lines: an empty one would end it and an arrow would look like a time."""
    return "\n".join(cue.lines).replace("-->", "->")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
