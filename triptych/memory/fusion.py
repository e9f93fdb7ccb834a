"""Fusing rankings of memories by reciprocal rank.

Cormack, Clarke and Buettcher, Reciprocal rank fusion outperforms Condorcet and individual rank learning methods (2009).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Integer,
    Row,
    Select,
    String,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from pipelines.house import MemoryKind
from triptych.files import files
from triptych.memory.tables import memories, memory_sources
from triptych.memory.values import Contribution

K = 60  # the paper's: how little the first few ranks differ
OF_WHOLE_PICTURES = (MemoryKind.PICTURE, MemoryKind.LABELS)  # which say of one picture what the other does


class Ranking(StrEnum):
    """By what memories are ranked."""

    WORDS = "words"
    MEANING = "meaning"
    PICTURE = "picture"


def fused(rankings: Mapping[Ranking, Select[Any]], limit: int, offset: int = 0, but: int | None = None) -> CTE:
    """A page of the memories that any of ``rankings`` has, with their fused ``score`` and each one's rank and score.

    A ranking selects ``memory`` and ``score``, and a ``weight`` where its places do not all count 1 beside others'. Of
    what was made of one whole picture the best alone is there, and what stands in a content that was brought several
    times is there once; the memory with the number ``but`` is not.
    """
    alone = len(rankings) == 1
    every = union_all(*(_ranked(by, ranking, alone) for by, ranking in rankings.items())).cte("ranked")
    of_each = [
        func.max(case((every.c.by == by, every.c[name]))).label(f"{by}_{name}")
        for by in Ranking
        for name in ("rank", "score")
    ]
    total = func.sum(every.c.weight / (K + every.c.rank)).label("score")
    summed = select(every.c.memory, total, *of_each).group_by(every.c.memory).cte("summed")
    order = func.row_number().over(partition_by=_one_thing(), order_by=(summed.c.score.desc(), summed.c.memory))
    its = _with_sources(select(summed, order.label("among")), summed).cte("of_one_thing")
    best = select(its).where(its.c.among == 1, its.c.memory != but) if but else select(its).where(its.c.among == 1)
    return best.order_by(its.c.score.desc(), its.c.memory).limit(limit).offset(offset).cte("fused")


def _one_thing() -> list[ColumnElement[Any]]:  # Any: of several types
    """What is the same of memories that tell the same of the same bytes."""
    is_whole = memories.c.kind.in_(OF_WHOLE_PICTURES)
    content = func.coalesce(files.c.sha256, cast(memories.c.source, String))
    apart = (memories.c.kind, memories.c.text, cast(memories.c.place, Text))
    return [content, *(case((is_whole, ""), else_=column) for column in apart)]


def _with_sources(chosen: Select[Any], summed: CTE) -> Select[Any]:  # Any: columns of several types
    rows = chosen.join(memories, memories.c.number == summed.c.memory)
    rows = rows.join(memory_sources, memory_sources.c.number == memories.c.source)
    return rows.outerjoin(files, files.c.id == memory_sources.c.file_id)


def contributions(row: Row[Any]) -> list[Contribution]:
    """What each ranking says of a row of ``fused``, of those that have it."""
    told = row._mapping  # its names are made of the rankings'
    return [
        Contribution(by, told[f"{by}_rank"], told[f"{by}_score"]) for by in Ranking if told[f"{by}_rank"] is not None
    ]


def contribution_columns(of: CTE) -> list[Any]:  # Any: columns of several types
    """The columns of ``fused`` that ``contributions`` reads."""
    return [of.c[f"{by}_{name}"] for by in Ranking for name in ("rank", "score")]


def _ranked(by: Ranking, ranking: Select[Any], alone: bool) -> Select[Any]:  # Any: columns of several types
    its = ranking.cte(by)
    weight = its.c.weight if "weight" in its.c and not alone else literal(1.0)
    rank = func.rank().over(order_by=its.c.score.desc())  # what fits as well stands as high: the others decide
    return select(
        literal(by.value).label("by"),
        its.c.memory,
        cast(rank, Integer).label("rank"),
        cast(its.c.score, Double).label("score"),
        cast(weight, Double).label("weight"),
    )
