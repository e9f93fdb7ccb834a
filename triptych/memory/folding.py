"""Cutting a text into words that compare alike however they were written: width, case and accents do not matter."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, normalize

MAX_WORD_CHARACTERS = 64  # what is longer is a hash or the like; PostgreSQL's lexemes end at 2 KB

# Scripts that put no spaces between words, by their blocks (Unicode 16): Thai, Lao, Burmese, Khmer, kana, Han.
UNSPACED = (
    "\u0e01-\u0e4e\u0e80-\u0ecf\u1000-\u103f\u1050-\u109f\ua9e0-\ua9ef\uaa60-\uaa7f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
)
# Marks that only say how a letter sounds. Those of other scripts, such as the vowels of Devanagari, are letters.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]"
)
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200c\u200d"))  # soft hyphen and joiners: within words, and no letters
_BARE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_ASCII = re.compile("[a-z0-9]+")
_SOUND_MARKS = "\uff9e\uff9f"  # of half-width kana, which are letters to Unicode


class Word(NamedTuple):  # a third of the time that a dataclass takes: a memory has hundreds
    """A word of a text, which stands at the characters ``start`` to ``end`` of it.

    ``folded`` is what is compared; ``plain`` still has its accents, as stemmers want them. ``is_piece``: two
    characters of a row in a script without spaces, where the next word begins one character on; ``is_last``, the last
    one by itself.
    """

    folded: str
    plain: str
    start: int
    end: int
    is_piece: bool = False
    is_last: bool = False


def words_of(text: str) -> Iterator[Word]:
    """The words of ``text`` in their order; a row of a script without spaces as overlapping pairs and its last one."""
    if text.isascii():  # as the rest says, in half the time
        for found in _ASCII.finditer(text.lower()):
            word = found.group()[:MAX_WORD_CHARACTERS]
            yield Word(word, word, found.start(), found.end())
        return
    spaced, unspaced = _patterns()
    for found in spaced.finditer(text):
        if found.lastgroup == "row":
            yield from _pairs(unspaced, found)
        else:
            for plain, folded in _fold(found.group()):
                yield Word(folded, plain, found.start(), found.end())


def _pairs(unit: re.Pattern[str], row: re.Match[str]) -> Iterator[Word]:
    """The row's characters, each with its marks, two by two, and the last by itself: one begins at each."""
    units = list(unit.finditer(row.string, row.start(), row.end()))
    for at, first in enumerate(units):
        last = units[min(at + 1, len(units) - 1)]
        folded = "".join(folded for _, folded in _fold(row.string[first.start() : last.end()]))
        if folded:
            yield Word(folded, folded, first.start(), last.end(), is_piece=True, is_last=first is last)


@lru_cache(maxsize=65_536)
def _fold(written: str) -> tuple[tuple[str, str], ...]:
    """What is to be compared of a word, plain and folded; several where it stands for more, as ½ does."""
    plain = normalize("NFKC", normalize("NFKC", written.translate(_UNSEEN)).casefold())
    spaced, _ = _patterns()
    found = (piece.group()[:MAX_WORD_CHARACTERS] for piece in spaced.finditer(plain))
    both = ((piece, without_accents(piece)) for piece in found)
    return tuple((piece, folded) for piece, folded in both if folded)


def without_accents(word: str) -> str:
    """The word of lower-case letters without the marks that only say how one sounds."""
    if word.isascii():
        return word
    return normalize("NFC", _ACCENTS.sub("", normalize("NFD", word))).translate(_BARE)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a word is, and what one character of a script without spaces is: Python's own words know no marks."""
    marks = _marks()
    row = f"(?P<row>(?:[{UNSPACED}][{marks}]*)+)"
    return (
        re.compile(f"{row}|(?:[^\\W_{UNSPACED}][{marks}\u00ad\u200c\u200d]*)+"),
        re.compile(f"[{UNSPACED}][{marks}{_SOUND_MARKS}]*"),
    )


def _marks() -> str:
    """Every mark of Unicode, as ranges of a regular expression's class."""
    ranges: list[list[int]] = []
    for code in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)):
        if not category(chr(code)).startswith("M"):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
