"""Fusing rankings of memories by reciprocal rank.

Cormack, Clarke and Buettcher, Reciprocal rank fusion outperforms Condorcet and individual rank learning methods (2009).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, Double, Integer, Row, Select, case, cast, func, literal, select, union_all

from pipelines.house import MemoryKind
from triptych.memory.tables import memories
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
    what was made of one whole picture the best alone is there; the memory with the number ``but`` is not.
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
    one_thing = case((memories.c.kind.in_(OF_WHOLE_PICTURES), memories.c.source), else_=-memories.c.number)
    order = func.row_number().over(partition_by=one_thing, order_by=(summed.c.score.desc(), summed.c.memory))
    its = select(summed, order.label("among")).join(memories, memories.c.number == summed.c.memory).cte("of_pictures")
    best = select(its).where(its.c.among == 1, its.c.memory != but) if but else select(its).where(its.c.among == 1)
    return best.order_by(its.c.score.desc(), its.c.memory).limit(limit).offset(offset).cte("fused")


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
    rank = func.row_number().over(order_by=(its.c.score.desc(), its.c.memory))
    return select(
        literal(by.value).label("by"),
        its.c.memory,
        cast(rank, Integer).label("rank"),
        cast(its.c.score, Double).label("score"),
        cast(weight, Double).label("weight"),
    )
