"""Ranking memories by the words of a question, in each database's own index of words."""

import operator
from functools import reduce

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Select,
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

from triptych.memory.expressions import match_expression, owned, tsquery, tsquery_phrase, tsquery_term
from triptych.memory.filters import Within
from triptych.memory.rarity import Weighed, weighed
from triptych.memory.shares import counted
from triptych.memory.tables import memories
from triptych.memory.words import Wanted

EXACT, STEM = 2.0, 1.0  # what a word counts as it was asked for, and what its stem does
RANK_BY_LENGTH = 1  # ts_rank's own number for: divided by 1 + the logarithm of the length

_SQLITE = table("memory_words", column("rowid"))
_POSTGRESQL = table("memory_words", column("memory"), column("words"))
# The plus keeps SQLite from going through the owner's memories and asking its index of words about each.
_HERE = memories.c.number == literal_column("+memory_words.rowid")
_FTS5: ColumnElement[str] = literal_column("memory_words")


def nearest_words(
    connection: Connection, looked_for: Wanted, within: Within, depth: int
) -> Select[tuple[int, float, float]]:
    """Select the ``depth`` memories that fit the words best: ``memory``, and ``score``, the more the better.

    And ``weight``: how much their place counts.
    """
    told = weighed(connection, looked_for.terms) if looked_for.terms else Weighed({}, ())
    ranking = _by_tsvector if connection.dialect.name == "postgresql" else _by_bm25
    return counted(connection, ranking(looked_for, told, within, depth), looked_for)


def _by_bm25(looked_for: Wanted, told: Weighed, within: Within, depth: int) -> Select[tuple[int, float]]:
    narrowed = () if len(told.must) == len(looked_for.terms) else told.must
    matching = _FTS5.op("MATCH")(match_expression(looked_for, narrowed))
    score = (-func.bm25(_FTS5, EXACT, STEM, type_=Double)).label("score")
    found = select(_SQLITE.c.rowid.label("memory"), score).select_from(_SQLITE).where(matching)
    if within.every:
        found = found.where(or_(_nobody_else(within.owner), select(1).where(_HERE, *within.where).exists()))
    else:
        found = found.join(memories, _HERE).where(*within.where)
    return found.order_by(score.desc(), _SQLITE.c.rowid).limit(depth)


def _nobody_else(owner: str) -> ColumnElement[bool]:
    """Whether the owner is the only one, as is usual on SQLite: asked once, and saves to ask of each memory."""
    others = (select(1).where(owns).exists() for owns in (memories.c.owner < owner, memories.c.owner > owner))
    return ~or_(*others)


def holding(connection: Connection, looked_for: Wanted, owner: str) -> ColumnElement[bool]:
    """What holds of the rows of memories in which all of the phrases stand."""
    phrases = Wanted((), looked_for.phrases)
    if connection.dialect.name == "postgresql":
        those = select(_POSTGRESQL.c.memory).where(_matches(owned(owner, tsquery(phrases))))
    else:
        those = select(_SQLITE.c.rowid).where(_FTS5.op("MATCH")(match_expression(phrases)))
    return memories.c.number.in_(those)


def _by_tsvector(looked_for: Wanted, told: Weighed, within: Within, depth: int) -> Select[tuple[int, float]]:
    score = cast(_weighed_rank(looked_for, told), Double).label("score")
    found = select(_POSTGRESQL.c.memory, score).join(memories, memories.c.number == _POSTGRESQL.c.memory)
    matching = found.where(_matches(owned(within.owner, tsquery(looked_for, told.must))), *within.where)
    return matching.order_by(score.desc(), _POSTGRESQL.c.memory).limit(depth)


def _weighed_rank(looked_for: Wanted, told: Weighed) -> ColumnElement[float]:
    """The sum of what each term tells times how well it fits: ts_rank, which has no such weights, gives their mean."""
    groups: dict[float, list[str]] = {}
    for term in looked_for.terms:
        groups.setdefault(told.weights[term], []).append(tsquery_term(term))
    for phrase in looked_for.phrases:
        groups.setdefault(max(told.weights.values(), default=1.0), []).append(f"({tsquery_phrase(phrase)})")
    ranks = (weight * len(group) * _rank(" | ".join(group)) for weight, group in groups.items())
    return reduce(operator.add, ranks)


def _rank(asked: str) -> ColumnElement[float]:
    weights: ColumnElement[str] = literal_column(f"CAST('{{{STEM / EXACT},0,0,1}}' AS real[])")
    return func.ts_rank(weights, _POSTGRESQL.c.words, cast(literal(asked), TSQUERY), RANK_BY_LENGTH, type_=Double)


def _matches(asked: str) -> ColumnElement[bool]:
    return _POSTGRESQL.c.words.op("@@")(cast(literal(asked), TSQUERY))
