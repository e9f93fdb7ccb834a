"""The words that a memory is found by and those that a question looks for, cut, folded and stemmed by the same rules.

The databases store and match what is made here as it is: nothing of a text or a question reaches their own parsers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from triptych.memory.folding import Word, words_of
from triptych.memory.languages import is_common, likely_languages, stems

MAX_WORDS = 20_000  # of a memory; PostgreSQL keeps 1 MB of them
MAX_PLACES = 16_383  # https://www.postgresql.org/docs/current/textsearch-limitations.html
MAX_QUESTION_CHARACTERS = 16_384
MAX_TERMS = 64
MAX_PHRASES = 8
MAX_PHRASE_WORDS = 32
MIN_PREFIX_CHARACTERS = 2  # a shorter one stands for a good part of all words

_QUOTED = re.compile('["“”„‟]([^"“”„‟]*)["“”„‟]')
_STAR = re.compile(r"\*(?!\w)")


@dataclass(frozen=True, slots=True)
class Entry:
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
    return [Entry(word, tuple(stem for stem in stems(word, languages) if stem != word.folded)) for word in words]


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


def match_expression(looked_for: Wanted) -> str:
    """What SQLite's FTS5 is asked. The words of a phrase are doubled where others may stand beside it."""
    terms = [_fts5_term(term) for term in looked_for.terms]
    phrases = [f'words : "{" ".join(phrase.words)}"{" *" * phrase.is_prefix}' for phrase in looked_for.phrases]
    must = " AND ".join(f"({phrase})" for phrase in phrases)
    if not (must and terms):
        return must or " OR ".join(terms)
    return f"{must} AND ({' OR '.join([phrases[0], *terms])})"


def tsquery(looked_for: Wanted) -> str:
    """What PostgreSQL is asked, in the text form of its tsquery: any of the terms, or all of the phrases."""
    if looked_for.phrases:
        return " & ".join(f"({_tsquery_phrase(phrase)})" for phrase in looked_for.phrases)
    return " | ".join(tsquery_term(term) for term in looked_for.terms)


def any_of(looked_for: Wanted) -> str:
    """A tsquery, in its text form, of everything that is looked for, to rank by."""
    phrases = [f"({_tsquery_phrase(phrase)})" for phrase in looked_for.phrases]
    return " | ".join([*phrases, *map(tsquery_term, looked_for.terms)])


def owned(owner: str, query: str) -> str:
    """The tsquery, in its text form, within what is found of the owner's."""
    return f"'{_mark_of(owner)}' & ({query})"


def _mark_of(owner: str) -> str:
    """A lexeme that all of an owner's memories have, and no text: it begins with a character for private use."""
    return f"\ue000{sha256(owner.encode()).hexdigest()[:16]}"


def tsquery_term(term: Term) -> str:
    """One term in the text form of tsquery: words as they are have the weight A."""
    if term.is_prefix:
        return f"'{term.word}':*A"
    return " | ".join([f"'{term.word}':A", *(f"'{stem}'" for stem in term.stems)])


def tsvector(found_by: Sequence[Entry], owner: str) -> str:
    """What a memory is found by in the text form of PostgreSQL's tsvector: words of weight A, stems without one."""
    lexemes = (
        f"'{lexeme}':{place}{weight}"
        for place, entry in enumerate(found_by[:MAX_PLACES], 1)
        for lexeme, weight in ((entry.word.folded, "A"), *((stem, "") for stem in entry.stems))
    )
    return " ".join([f"'{_mark_of(owner)}'", *lexemes])


def _fts5_term(term: Term) -> str:
    if term.is_prefix:
        return f'words : "{term.word}" *'
    return " OR ".join([f'words : "{term.word}"', *(f'"{stem}"' for stem in term.stems)])


def _tsquery_phrase(phrase: Phrase) -> str:
    *first, last = [f"'{word}':A" for word in phrase.words]
    return " <-> ".join([*first, last.replace(":A", ":*A") if phrase.is_prefix else last])
