"""The words that a memory is found by and those that a question looks for, cut, folded and stemmed by the same rules.

Nothing else of a text or a question reaches the databases (expressions.py).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from triptych.memory.folding import Word, words_of
from triptych.memory.languages import is_common, likely_languages, stems

MAX_WORDS = 20_000  # of a memory; PostgreSQL keeps 1 MB of them
MAX_QUESTION_CHARACTERS = 16_384
MAX_TERMS = 64
MAX_PHRASES = 8
MAX_PHRASE_WORDS = 32
MIN_PREFIX_CHARACTERS = 2  # a shorter one stands for a good part of all words

_QUOTED = re.compile('["“”„‟]([^"“”„‟]*)["“”„‟]')
_STAR = re.compile(r"\*(?!\w)")


class Entry(NamedTuple):
    """A word of a memory at its place, and the stems, unlike it, that it is found by besides."""

    word: Word
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is looked for: as it is, and by what stems; or, ``is_prefix``, whatever begins with it."""

    word: str
    stems: tuple[str, ...] = ()
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other; of the last one the beginning does where ``is_prefix``."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question looks for: any of ``terms``, and all of ``phrases``."""

    terms: tuple[Term, ...]
    phrases: tuple[Phrase, ...]

    def __bool__(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.terms or self.phrases)


def entries(text: str, language: str) -> list[Entry]:
    """What ``text`` is found by; an unknown ``language`` (ISO 639-1) is guessed."""
    words = list(islice(words_of(text), MAX_WORDS))
    languages = (language,) if language else likely_languages(words)
    found = [(word, stems(word, languages)) for word in words]
    return [
        Entry(word, tuple(stem for stem in its if stem != word.folded) if word.folded in its else its)
        for word, its in found
    ]


def wanted(question: str, languages: Sequence[str] = ()) -> Wanted:
    """What ``question`` looks for, in ``languages`` or, where none are given, in those it is likely to be in.

    Of a long one the beginning counts, and of that the longest words, which tend to be the rarest. Common words are
    left out beside others.
    """
    question = question[:MAX_QUESTION_CHARACTERS]
    quoted = [_phrase(found.group(1)) for found in _QUOTED.finditer(question)]
    phrases = tuple(dict.fromkeys(phrase for phrase in quoted if phrase is not None))[:MAX_PHRASES]
    free = _QUOTED.sub(lambda found: " " * len(found.group()), question)
    words = _without_last_pieces(list(words_of(free)))
    likely = tuple(languages) or likely_languages(words)
    telling = [word for word in words if not is_common(word, likely)]
    chosen = telling or ([] if phrases else words)
    terms = dict.fromkeys(_term(free, word, likely) for word in chosen)
    longest = set(sorted(terms, key=lambda term: -len(term.word))[:MAX_TERMS])
    return Wanted(tuple(term for term in terms if term in longest), phrases)


def _phrase(quoted: str) -> Phrase | None:
    """The words between quotation marks; None where there are none."""
    words = list(islice(words_of(quoted), MAX_PHRASE_WORDS))
    if not words:
        return None
    if len(words) > 1 and _is_half(words[-2], words[-1]):
        words.pop()  # the second character of the pair before it, which may be followed by others
    return Phrase(tuple(word.folded for word in words), is_prefix=words[-1].is_last)


def _without_last_pieces(words: Sequence[Word]) -> list[Word]:
    """The words without those that are the second half of the pair before them."""
    return [word for at, word in enumerate(words) if at == 0 or not _is_half(words[at - 1], word)]


def _is_half(pair: Word, word: Word) -> bool:
    """Whether ``word`` is the last character of the row that ``pair`` is of."""
    return word.is_last and pair.is_piece and pair.end == word.end


def _term(question: str, word: Word, languages: Iterable[str]) -> Term:
    starred = _STAR.match(question, word.end) is not None and len(word.folded) >= MIN_PREFIX_CHARACTERS
    if starred or word.is_last:
        return Term(word.folded, is_prefix=True)
    return Term(word.folded, stems(word, languages))
