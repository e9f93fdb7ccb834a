"""The piece of a memory's text that shows why it was found, and where in it the words are."""

from collections.abc import Iterator, Sequence

from triptych.memory.folding import Word
from triptych.memory.words import Entry, Phrase, Wanted, entries

SNIPPET_CHARACTERS = 240
LOOKED_AT_CHARACTERS = 50_000  # of a memory; those that are passages have a few thousand at most
BEFORE_CHARACTERS = 60  # shown before the first mark, where the text has as many


def snippet(text: str, language: str, looked_for: Wanted) -> tuple[str, list[tuple[int, int]]]:
    """The piece of ``text`` with most of what was looked for, and the marks (start, end) of that in the piece.

    It begins and ends with whole words; where nothing of it was looked for it is the beginning.
    """
    marks = _merged(sorted(_marks(text[:LOOKED_AT_CHARACTERS], language, looked_for)))
    start, end = _window(text, marks)
    shown = [(begin - start, stop - start) for begin, stop in marks if begin >= start and stop <= end]
    return text[start:end], shown


def _marks(text: str, language: str, looked_for: Wanted) -> Iterator[tuple[int, int]]:
    """Where words of ``text`` are such as were looked for; pairs of a row without spaces overlap."""
    if not looked_for:
        return
    words = {term.word for term in looked_for.terms if not term.is_prefix}
    stems = {stem for term in looked_for.terms for stem in term.stems}
    prefixes = tuple(term.word for term in looked_for.terms if term.is_prefix)
    found_by = entries(text, language)
    for entry in found_by:
        folded = entry.word.folded
        if folded in words or folded in stems or folded.startswith(prefixes) or not stems.isdisjoint(entry.stems):
            yield entry.word.start, entry.word.end
    for phrase in looked_for.phrases:
        yield from _phrases(phrase, found_by)


def _phrases(phrase: Phrase, found_by: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    length = len(phrase.words)
    for at in range(len(found_by) - length + 1):
        row = [entry.word for entry in found_by[at : at + length]]
        if _are(phrase, row):
            yield from ((word.start, word.end) for word in row)


def _are(phrase: Phrase, row: Sequence[Word]) -> bool:
    *first, last = [word.folded for word in row]
    *wanted, end = phrase.words
    return first == wanted and (last.startswith(end) if phrase.is_prefix else last == end)


def _merged(marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The marks, those that overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in marks:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, marks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From where to where the text is shown: where the marks lie most densely."""
    if len(text) <= SNIPPET_CHARACTERS:
        return 0, len(text)
    begin = _densest(marks)
    start = max(0, min(begin - BEFORE_CHARACTERS, len(text) - SNIPPET_CHARACTERS))
    end = start + SNIPPET_CHARACTERS
    if start > 0:
        start += _to_space(text[start:begin])
    if end < len(text):
        end -= _to_space(text[start:end][::-1])
    return start, end


def _densest(marks: Sequence[tuple[int, int]]) -> int:
    """Where the first mark begins of those of which most fit into a snippet."""
    best, begin, last = 0, 0, 0
    for first, (start, _) in enumerate(marks):
        while last < len(marks) and marks[last][1] <= start + SNIPPET_CHARACTERS - BEFORE_CHARACTERS:
            last += 1
        if last - first > best:
            best, begin = last - first, start
    return begin


def _to_space(text: str) -> int:
    """How many characters there are up to and with the first space; 0 where there is none near."""
    for at, character in enumerate(text[: BEFORE_CHARACTERS // 2]):
        if character.isspace():
            return at + 1
    return 0
