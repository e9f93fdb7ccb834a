"""Cutting text into sentences and passages that remember where they stand."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeAlias

PARAGRAPH = "\u2029"  # marks an end of paragraph where the source's layout says so; white space to ``str.split``
MARK = "\u2060"  # WORD JOINER, in the place of a mark that is no part of the words; never shown
COUNTED_AT_ONCE = 1000  # pieces whose tokens are counted together: all of a long document at once take gigabytes
MAX_SENTENCE_CHARACTERS = 1000  # a log or a table has no full stops; nobody reads longer sentences

CountTokens: TypeAlias = Callable[[Sequence[str]], list[int]]

_BREAK = re.compile(rf"\n[ \t]*\n|{PARAGRAPH}")
# A full stop of alphabetic scripts ends a sentence when space follows; one of scripts without spaces always does.
# Only the first sign of a row may match, so that a million full stops cost a million steps.
_STOP = re.compile(
    r"(?<![.!?…؟۔।॥])[.!?…؟۔।॥]++[\"'”’»)\]\u2060]*+(?=\s)"  # noqa: RUF001
    r"|(?<![。！？｡])[。！？｡]++[”』」）]*+"  # noqa: RUF001
)
_ABBREVIATION = re.compile(
    r"""mr|mrs|ms|dr|prof|sr|jr|st|vs|no|vol|figs?|eq|sec|ch|pp|eds?|al|inc|ltd|co|corp|gen|col|capt|rev|hon|approx|dept
    |est|cf|e\.g|i\.e|a\.m|p\.m|u\.s|u\.k|d\.h|z\.b|u\.a|bzw|ca|evtl|ggf|nr|str|abb|bspw|mme|mlle|av|sra|art""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a piece of text stands: characters from ``start`` up to, not with, ``end``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """What stands there, on one line."""
        return " ".join(text[self.start : self.end].replace(MARK, "").split())


def sentences(text: str) -> list[Span]:
    """Every sentence of ``each_sentence``."""
    return list(each_sentence(text))


def each_sentence(text: str) -> Iterator[Span]:
    """Yield every sentence, in order, without the white space around it.

    Paragraphs (blank lines or ``PARAGRAPH``) always end one; single line breaks are taken for wrapping.
    """
    start = 0
    for end in chain((gap.start() for gap in _BREAK.finditer(text)), (len(text),)):
        for stop in _STOP.finditer(text, start, end):
            if stop.start() >= start and not _continues(text, start, stop):
                yield from _bounded(text, start, stop.end())
                start = stop.end()
        yield from _bounded(text, start, end)
        start = end


def passages(text: str, spans: Iterable[Span], count: CountTokens, max_tokens: int) -> Iterator[Span]:
    """Yield neighbouring sentences joined up to ``max_tokens``; one that is longer by itself is cut in halves."""
    fitting = (piece for span in spans for piece in _halved(text, span, count, max_tokens))
    joined: Span | None = None
    held = 0
    while pieces := list(islice(fitting, COUNTED_AT_ONCE)):
        for piece, length in zip(pieces, count([piece.of(text) for piece in pieces]), strict=True):
            if joined is not None and held + length <= max_tokens:
                joined, held = Span(joined.start, piece.end), held + length
                continue
            if joined is not None:
                yield joined
            joined, held = piece, length
    if joined is not None:
        yield joined


def _continues(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the full stop belongs to an abbreviation, an initial or the number of a list's item."""
    if stop.group() != ".":
        return False
    word = re.split(r"[\s(\[\"'“‘]", text[max(start, stop.start() - 12) : stop.start()])[-1]  # noqa: RUF001
    is_initial = len(word) == 1 and word.isalpha() and word.isupper()
    is_item_number = word.isdigit() and text[start : stop.start()].strip() == word
    goes_on = text[stop.end() : stop.end() + 3].lstrip()[:1].islower()
    return bool(_ABBREVIATION.fullmatch(word.lower())) or is_initial or is_item_number or goes_on


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    start, end = _stripped(text, start, end)
    while end - start > MAX_SENTENCE_CHARACTERS:
        cut = _cut_near(text, start, start + MAX_SENTENCE_CHARACTERS)
        yield Span(*_stripped(text, start, cut))
        start, end = _stripped(text, cut, end)
    if start < end:
        yield Span(start, end)


def _halved(text: str, span: Span, count: CountTokens, max_tokens: int) -> list[Span]:
    # A token is at least one character, and two more frame a text: most spans need no counting.
    if span.end - span.start + 2 <= max_tokens or count([span.of(text)])[0] <= max_tokens:
        return [span]
    cut = _cut_near(text, span.start, (span.start + span.end) // 2)
    halves = (Span(*_stripped(text, span.start, cut)), Span(*_stripped(text, cut, span.end)))
    return [piece for half in halves for piece in _halved(text, half, count, max_tokens)]


def _cut_near(text: str, start: int, wanted: int) -> int:
    """The last white space before ``wanted``, or ``wanted`` itself where words have no space between them."""
    for position in range(wanted, max(start, wanted - 200), -1):
        if text[position].isspace():
            return position
    return wanted


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
