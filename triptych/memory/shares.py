"""How much of what a question asks for in words a memory has, and so how much its place among them counts.

Without it, what stands in the middle of two rankings goes before what stands first in one of them: a name or a number
that one memory alone has would come behind what shares a few common words and means something near. And where no
memory has what was asked for, those that have a word or two of it would push away what means the same.
"""

import operator
from functools import reduce

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from triptych.memory.expressions import tsquery_term
from triptych.memory.words import Term, Wanted

# Of a memory that has all that is asked for, beside one that a vector brought up, which counts 1. Found on the corpus
# of bench/recall.py, where 1.5 to 4 serve about as well.
WHOLE = 2.0

_SQLITE = table("memory_words", column("rowid"), column("words", String), column("stems", String))
_POSTGRESQL = table("memory_words", column("memory"), column("words"))
_SPACE: ColumnElement[str] = literal_column("' '", String)


def counted(
    connection: Connection, ranked: Select[tuple[int, float]], looked_for: Wanted
) -> Select[tuple[int, float, float]]:
    """Select ``ranked`` with its ``weight``: ``WHOLE`` times the share that a memory has of the terms.

    A term counts by how many of those that are ranked lack it: PostgreSQL knows nothing of most words, and of none
    before it is analysed. Where phrases are asked for, all have them.
    """
    its = ranked.cte("by_words")
    if looked_for.phrases or len(looked_for.terms) < 2:
        return select(its, literal(WHOLE).label("weight"))
    is_postgresql = connection.dialect.name == "postgresql"
    has, kept, number = (
        (_has_in_postgresql, _POSTGRESQL, _POSTGRESQL.c.memory)
        if is_postgresql
        else (_has_in_sqlite, _SQLITE, _SQLITE.c.rowid)
    )
    has_each = (case((has(term), 1.0), else_=0.0).label(f"has_{at}") for at, term in enumerate(looked_for.terms))
    held = select(its, *has_each).select_from(its).join(kept, number == its.c.memory).cte("holding")
    terms = [held.c[f"has_{at}"] for at in range(len(looked_for.terms))]
    lacking = [1.0 - func.sum(term).over() / (func.count().over() + 1.0) for term in terms]
    whole = reduce(operator.add, lacking)
    share = reduce(operator.add, (term * lack for term, lack in zip(terms, lacking, strict=True))) / whole
    return select(held.c.memory, held.c.score, (WHOLE * share).label("weight"))


def _has_in_postgresql(term: Term) -> ColumnElement[bool]:
    return _POSTGRESQL.c.words.op("@@")(cast(literal(tsquery_term(term)), TSQUERY))


def _has_in_sqlite(term: Term) -> ColumnElement[bool]:
    """As FTS5 would find it, without going through all that have it."""
    words, stems = (_SPACE + text + _SPACE for text in (_SQLITE.c.words, _SQLITE.c.stems))
    if term.is_prefix:
        return func.instr(words, f" {term.word}") > 0
    forms = (func.instr(either, f" {stem} ") > 0 for stem in term.stems for either in (words, stems))
    return or_(func.instr(words, f" {term.word} ") > 0, *forms)
