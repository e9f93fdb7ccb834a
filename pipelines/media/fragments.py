"""What a line of subtitles is never broken in: words, and single characters of scripts that put no spaces between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import category

from pipelines.media.transcript import Segment
from pipelines.media.unspaced import UNSPACED, adjoins

# What begins no line and what ends none, after JIS X 4051 (https://www.w3.org/TR/jlreq/#characters_not_starting_a_line).
CLOSING = frozenset(
    "!%),.:;?]}\u2019\u201d\u2026、。〉》」』】〕！％），．：；？］｝｡｣､"  # noqa: RUF001 - full-width forms are meant
    "・ーゝゞヽヾ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮะาำๆະາຳໆ"
)
OPENING = frozenset("([{\u2018\u201c〈《「『【〔（［｛｢")  # noqa: RUF001 - full-width forms are meant
LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")  # Thai's and Lao's are written before the consonant behind which they sound


@dataclass(frozen=True, slots=True)
class Fragment:
    """A word or a character, when it is said, and whether a space stands before it in what was written down."""

    text: str
    start_s: float
    end_s: float
    is_spaced: bool


def fragments(segment: Segment) -> list[Fragment]:
    """What ``segment`` may be broken between.

    Where the times of its words are not known, and within a word, it is as if each character took as long as any other.
    """
    if not segment.words:
        return list(_broken(segment.text, segment.start_s, segment.end_s, is_spaced=True))
    found: list[Fragment] = []
    at = 0
    for word in segment.words:
        text = word.text.strip()
        before = segment.text.find(text, at)
        told = found[-1].text if found else ""
        is_spaced = segment.text[before - 1 : before].isspace() if before > 0 else not adjoins(told, text)
        found += _broken(text, word.start_s, word.end_s, is_spaced)
        at = max(at, before + len(text))
    return found


def joined(found: Sequence[Fragment]) -> str:
    """The fragments on one line."""
    return "".join(f" {one.text}" if one.is_spaced and number else one.text for number, one in enumerate(found))


def _broken(text: str, start_s: float, end_s: float, is_spaced: bool) -> Iterator[Fragment]:
    words = text.split()
    a_character_s = (end_s - start_s) / (sum(map(len, words)) or 1)
    at_s = start_s
    for number, word in enumerate(words):
        for place, unit in enumerate(_units(word)):
            stands_apart = place == 0 and (number > 0 or is_spaced)
            yield Fragment(unit, at_s, at_s := at_s + len(unit) * a_character_s, stands_apart)


def _units(word: str) -> list[str]:
    units: list[str] = []
    for character in word:
        if units and not _may_break(units[-1], character):
            units[-1] += character
        else:
            units.append(character)
    return units


def _may_break(before: str, character: str) -> bool:
    """Whether a line may end with ``before`` and the next begin with ``character``."""
    if category(character)[0] == "M" or category(character) == "Cf":  # an accent, a tone, a joiner
        return False
    if not (UNSPACED.match(before[-1]) or UNSPACED.match(character)):
        return False
    if character in CLOSING:
        return len(before) > 1 and CLOSING.issuperset(before[-2:])  # a row of marks is not of one piece for ever
    return before[-1] not in LEADING_VOWELS and not (before[-1] in OPENING and len(before) < 3)
