"""Subtitles that can be read: segments cut and timed by the rules that subtitlers work by, as SRT and WebVTT.

The defaults are those of Netflix's Timed Text Style Guide (https://partnerhelp.netflixstudios.com, General
Requirements): two lines of 42 characters, 5/6 of a second to 7 seconds, two frames between two of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from pipelines.media.transcript import Segment, Word

SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)\]]*$")
CLAUSE_END = re.compile(r"[,;:\u2013\u2014\u3001\uff0c][\"'\u201d\u2019)\]]*$")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")  # scripts without spaces


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
    pauses. One that is too short stays until the next begins. A word that is longer than a line has a line of its own.
    """
    cut = [(piece, segment.speaker) for segment in segments for piece in _pieces(_words(segment), layout)]
    following = [piece for piece, _ in cut[1:]]
    return [
        Cue(words[0].start_s, _end_s(words, after, layout), tuple(_lines(words, layout)), speaker)
        for (words, speaker), after in zip_longest(cut, following)
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


def _words(segment: Segment) -> list[Word]:
    """The segment's words; where their times are not known, as if each character took as long as any other."""
    if segment.words:
        return list(segment.words)
    texts = list(segment.text) if UNSPACED.search(segment.text) else segment.text.split()
    total = sum(map(len, texts)) or 1
    a_character_s = (segment.end_s - segment.start_s) / total
    words, at_s = [], segment.start_s
    for text in texts:
        words.append(Word(text, at_s, at_s := at_s + len(text) * a_character_s, 1.0))
    return [word for word in words if word.text.strip()]


def _pieces(words: Sequence[Word], layout: Layout) -> Iterator[list[Word]]:
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


def _fits(words: Sequence[Word], layout: Layout) -> bool:
    return words[-1].end_s - words[0].start_s <= layout.longest_s and len(_lines(words, layout)) <= layout.lines


def _worth(words: Sequence[Word], at: int, fitting: int) -> float:
    """How good a place the one before word ``at`` is: at a sentence's end, a clause's end or a pause, and late."""
    before, after = words[at - 1], words[at]
    pause_s = min(max(after.start_s - before.end_s, 0.0), 1.0)
    ends = 2.0 if SENTENCE_END.search(before.text) else 1.0 if CLAUSE_END.search(before.text) else 0.0
    return ends + pause_s + 1.5 * at / fitting


def _end_s(words: Sequence[Word], following: Sequence[Word] | None, layout: Layout) -> float:
    """When the piece goes: with its last word, later where it was too short to read, before the next comes."""
    start_s = words[0].start_s
    end_s = min(max(words[-1].end_s, start_s + layout.shortest_s), start_s + max(layout.longest_s, layout.shortest_s))
    if following is None:
        return end_s
    next_s = following[0].start_s
    return min(end_s, next_s - layout.gap_s if next_s - layout.gap_s > start_s else next_s)


def _lines(words: Sequence[Word], layout: Layout) -> list[str]:
    """The words in as few lines as hold them, the lines about as long as each other, the upper one shorter."""
    joint = "" if all(UNSPACED.match(word.text) for word in words) else " "
    texts = [" ".join(word.text.split()) for word in words]
    count = len(_filled(texts, joint, layout.line_characters))
    best = _filled(texts, joint, layout.line_characters)
    for width in range(layout.line_characters - 1, 0, -1):
        narrower = _filled(texts, joint, width)
        if len(narrower) > count or max(map(len, narrower)) > layout.line_characters:
            break
        best = narrower
    return best


def _filled(texts: Sequence[str], joint: str, width: int) -> list[str]:
    lines: list[str] = []
    for text in texts:
        longer = f"{lines[-1]}{joint}{text}" if lines else text
        if lines and len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(text)
    return lines


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
