"""What is like a picture that is remembered: rankings by each of its vectors fused, against one combined vector.

A picture's labels have a vector of what they mean and one of what is to be seen. The house ranks by each and fuses the
rankings. A combined vector is both behind one another, each of length 1 and weighed: the cosine between two such is the
weighed mean of the cosines, which is computed here of all pictures.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from bench.ranking import DEPTH, ndcg, recall, with_interval
from bench.table import Table
from pipelines.house import MemoryKind, SpaceKind
from triptych.memory.search import similar
from triptych.memory.spaces import spaces_of
from triptych.memory.tables import memories
from triptych.memory.values import SpaceState
from triptych.memory.vectors import vector_of
from triptych.store import Store

WEIGHTS = {
    "what is to be seen alone": 0.0,
    "combined, labels 0.25": 0.25,
    "combined, labels 0.5": 0.5,
    "combined, labels 0.75": 0.75,
    "what the labels mean alone": 1.0,
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labels of every picture, in its order: the ids of the memories, and both vectors, (pictures, dimensions)."""

    ids: Sequence[str]
    vectors: Mapping[SpaceKind, NDArray[np.float32]]


def likeness_table(store: Store, owner: str, grades: Sequence[Mapping[int, int]], title: str) -> Table:
    """Recall and nDCG of what is like each of the pictures 0, 1, 2 ...; ``grades``: of all others, none of itself."""
    labelled = _labelled(store, owner)
    rows = [("rankings fused (as the house does)", *_measures(_by_house(store, owner, labelled), grades))]
    rows += [(way, *_measures(_by_mean(labelled, weight), grades)) for way, weight in WEIGHTS.items()]
    return Table(title, ("compared by", "recall@10", "nDCG@10"), rows)


def _labelled(store: Store, owner: str) -> Labelled:
    its = select(memories.c.number, memories.c.id).where(
        memories.c.owner == owner, memories.c.kind == MemoryKind.LABELS
    )
    with store.database.read() as connection:
        rows = connection.execute(its.order_by(memories.c.number)).all()
        vectors = {
            stored.space.kind: np.stack(
                [np.frombuffer(vector_of(connection, stored, row.number) or b"", np.float32) for row in rows]
            )
            for stored in spaces_of(connection, SpaceState.ACTIVE)
        }
    return Labelled([row.id for row in rows], vectors)


def _by_house(store: Store, owner: str, labelled: Labelled) -> Iterator[list[int]]:
    for memory_id in labelled.ids:
        hits = similar(store, owner, memory_id, count=DEPTH).hits
        yield [int(Path(hit.source.title).stem) for hit in hits]


def _by_mean(labelled: Labelled, weight: float) -> Iterator[list[int]]:
    meant, seen = (labelled.vectors[kind] @ labelled.vectors[kind].T for kind in (SpaceKind.TEXT, SpaceKind.PICTURE))
    for number, cosines in enumerate(weight * meant + (1 - weight) * seen):
        order = np.argsort(-cosines, kind="stable")
        yield [int(other) for other in order if other != number][:DEPTH]


def _measures(ranked: Iterator[list[int]], grades: Sequence[Mapping[int, int]]) -> tuple[str, str]:
    pairs = [(numbers, of_one) for numbers, of_one in zip(ranked, grades, strict=True) if of_one]
    return (
        with_interval([recall(numbers, of_one) for numbers, of_one in pairs]),
        with_interval([ndcg(numbers, of_one) for numbers, of_one in pairs]),
    )
