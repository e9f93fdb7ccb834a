"""Words and what is looked for in the databases' own forms, made of folded words alone, which need no escaping."""

from collections.abc import Sequence
from hashlib import sha256

from triptych.memory.words import Entry, Phrase, Term, Wanted

MAX_PLACES = 16_383  # https://www.postgresql.org/docs/current/textsearch-limitations.html


def match_expression(looked_for: Wanted, must: Sequence[Term] = ()) -> str:
    """What SQLite's FTS5 is asked: all phrases and any of the terms or, where there are some, any of ``must``.

    What is asked for twice, since it must be there and counts, counts twice.
    """
    terms = [_fts5_term(term) for term in looked_for.terms]
    phrases = [f'words : "{" ".join(phrase.words)}"{" *" * phrase.is_prefix}' for phrase in looked_for.phrases]
    needed = [f"({phrase})" for phrase in phrases] or [" OR ".join(map(_fts5_term, must))]
    if not (terms and needed[0]):
        return " AND ".join(needed) if phrases else " OR ".join(terms)
    return " AND ".join(f"({part})" for part in (*needed, " OR ".join([*phrases[:1], *terms])))


def tsquery(looked_for: Wanted, must: Sequence[Term] = ()) -> str:
    """What PostgreSQL is asked, as tsquery's text form: all phrases, or any of the terms or of those of ``must``."""
    if looked_for.phrases:
        return " & ".join(f"({tsquery_phrase(phrase)})" for phrase in looked_for.phrases)
    return " | ".join(tsquery_term(term) for term in must or looked_for.terms)


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


def tsquery_phrase(phrase: Phrase) -> str:
    """A phrase in the text form of tsquery."""
    *first, last = [f"'{word}':A" for word in phrase.words]
    return " <-> ".join([*first, last.replace(":A", ":*A") if phrase.is_prefix else last])
