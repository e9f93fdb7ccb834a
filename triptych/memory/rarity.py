"""How many memories have a word, so that a question is ranked by what is rare in it, not among half of all memories."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from sqlalchemy import Connection, text

from triptych.memory.words import Term

RANKED = 30_000  # memories that are ranked for one question, about: a microsecond and a half each
UNTOLD_SHARE = 1e-4  # of memories, that have a word which PostgreSQL's statistics do not know to be common

# A row for each form of each term: its place among the terms, and the first and the last word that it stands for.
_SQLITE = text(
    """
    SELECT json_extract(value, '$[0]') AS place,
           (SELECT coalesce(sum(doc), 0) FROM memory_words_terms
            WHERE term >= json_extract(value, '$[1]') AND term <= json_extract(value, '$[2]')) AS having_it,
           (SELECT coalesce(max(number), 1) FROM memories) AS size
    FROM json_each(:forms)
    """
)
# https://www.postgresql.org/docs/current/view-pg-stats.html: behind the shares come the least and greatest.
_POSTGRESQL = text(
    """
    SELECT greatest(pg_class.reltuples, 1) AS size, told.lexeme, told.share
    FROM pg_class LEFT JOIN (
        SELECT told.lexeme, told.share
        FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS told (lexeme, share)
        WHERE schemaname = current_schema() AND tablename = 'memory_words' AND attname = 'words'
              AND told.lexeme = ANY (:lexemes)
    ) AS told ON true
    WHERE pg_class.oid = 'memory_words'::regclass
    """
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The terms of a question with what each tells, and those of which a memory must have one to be ranked."""

    weights: Mapping[Term, float]
    must: tuple[Term, ...]


def weighed(connection: Connection, terms: Sequence[Term]) -> Weighed:
    """Weigh ``terms`` by how few memories have them; one of the rarest, up to ``RANKED`` memories, must be there.

    By a statement of its own, before the one that ranks (docs/adr/0014).
    """
    if len(terms) == 1:
        return Weighed({terms[0]: 1.0}, tuple(terms))
    size, counted = (
        _sqlite(connection, terms) if connection.dialect.name == "sqlite" else _postgresql(connection, terms)
    )
    must: list[Term] = []
    ranked = 0.0
    for term in sorted(terms, key=lambda term: counted[term]):
        ranked += counted[term]
        if must and ranked > RANKED:
            break
        must.append(term)
    weights = {term: log(1 + (size - count + 0.5) / (count + 0.5)) for term, count in counted.items()}
    return Weighed(weights, tuple(term for term in terms if term in must))


def _sqlite(connection: Connection, terms: Sequence[Term]) -> tuple[float, dict[Term, float]]:
    """How many memories there are, about, and how many of them have each term."""
    forms = [(place, *form) for place, term in enumerate(terms) for form in _forms(term)]
    rows = connection.execute(_SQLITE, {"forms": json.dumps(forms, ensure_ascii=False)}).all()
    counted = dict.fromkeys(terms, 0.0)
    for row in rows:
        counted[terms[row.place]] += row.having_it
    size = float(rows[0].size)
    return size, {term: min(size, count) for term, count in counted.items()}


def _forms(term: Term) -> list[tuple[str, str]]:
    """The first and the last word that a term stands for, by each form of it."""
    if term.is_prefix:
        return [(term.word, f"{term.word}\U0010ffff")]
    return [(form, form) for form in dict.fromkeys((term.word, *term.stems))]


def _postgresql(connection: Connection, terms: Sequence[Term]) -> tuple[float, dict[Term, float]]:
    """As ``_sqlite``, by what the last ANALYZE saw, which tells of the thousand commonest words."""
    lexemes = sorted({form for term in terms for form in (term.word, *term.stems)})
    rows = connection.execute(_POSTGRESQL, {"lexemes": lexemes}).all()
    size = float(rows[0].size)
    told: dict[str, Any] = {row.lexeme: row.share for row in rows}
    shares = {term: sum(told.get(form, 0.0) for form in {term.word, *term.stems}) for term in terms}
    return size, {term: size * min(1.0, share or UNTOLD_SHARE) for term, share in shares.items()}
