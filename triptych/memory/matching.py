"""Ranking memories by the words of a question, in each database's own index of words."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Double, Select, cast, column, func, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from triptych.memory.tables import memories
from triptych.memory.words import Wanted, any_of, match_expression, owned, tsquery

EXACT, STEM = 2.0, 1.0  # what a word counts as it was asked for, and what its stem does
RANK_BY_LENGTH = 1  # ts_rank's own number for: divided by 1 + the logarithm of the length

_SQLITE = table("memory_words", column("rowid"))
_POSTGRESQL = table("memory_words", column("memory"), column("words"))
_FTS5: ColumnElement[str] = literal_column("memory_words")


def nearest_words(
    looked_for: Wanted, owner: str, where: Sequence[ColumnElement[bool]], depth: int, *, postgresql: bool
) -> Select[tuple[int, float]]:
    """Select the ``depth`` memories that fit the words best: ``memory``, and ``score``, the more the better.

    ``where``: what must hold of their rows, the owner's being one of it.
    """
    if postgresql:
        return _by_tsvector(looked_for, owner, where, depth)
    score = (-func.bm25(_FTS5, EXACT, STEM, type_=Double)).label("score")
    found = select(_SQLITE.c.rowid.label("memory"), score).where(_FTS5.op("MATCH")(match_expression(looked_for)))
    # The plus keeps SQLite from going through the owner's memories and asking its index about each.
    its = (
        found.select_from(_SQLITE)
        .join(memories, memories.c.number == literal_column("+memory_words.rowid"))
        .where(*where)
    )
    return its.order_by(score.desc(), _SQLITE.c.rowid).limit(depth)


def holding(looked_for: Wanted, owner: str, *, postgresql: bool) -> ColumnElement[bool]:
    """What holds of the rows of memories in which all of the phrases stand."""
    phrases = Wanted((), looked_for.phrases)
    if postgresql:
        those = select(_POSTGRESQL.c.memory).where(_matches(owned(owner, tsquery(phrases))))
    else:
        those = select(_SQLITE.c.rowid).where(_FTS5.op("MATCH")(match_expression(phrases)))
    return memories.c.number.in_(those)


def _by_tsvector(
    looked_for: Wanted, owner: str, where: Sequence[ColumnElement[bool]], depth: int
) -> Select[tuple[int, float]]:
    weights: ColumnElement[str] = literal_column(f"CAST('{{{STEM / EXACT},0,0,1}}' AS real[])")
    asked = cast(literal(any_of(looked_for)), TSQUERY)
    score = cast(func.ts_rank(weights, _POSTGRESQL.c.words, asked, RANK_BY_LENGTH), Double).label("score")
    found = select(_POSTGRESQL.c.memory, score).join(memories, memories.c.number == _POSTGRESQL.c.memory)
    matching = found.where(_matches(owned(owner, tsquery(looked_for))), *where)
    return matching.order_by(score.desc(), _POSTGRESQL.c.memory).limit(depth)


def _matches(asked: str) -> ColumnElement[bool]:
    return _POSTGRESQL.c.words.op("@@")(cast(literal(asked), TSQUERY))
