"""What is looked for among made memories, and which of them lie nearest in truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bench.made_memories import BIG, CHUNK, RARE, RARE_EVERY, SPACE, Chunk, Making, near, owner_of, source_of
from bench.remembered import MODALITIES, chunks
from pipelines.house import Modality, Vector
from triptych.memory.values import Filter, Question

WORDS, RARER = 3, 200  # of a passage that are asked for, of those that are not among the 200 most frequent if it can be
BESIDE = 0.3  # how far from a passage's own vector the one is that is asked with
COUNT = 20  # hits, the API's own
NEAREST = 10


class Way(StrEnum):
    """How is searched, and among what."""

    WORDS = "words"
    MEANING = "meaning"
    BOTH = "words and meaning"
    MODALITY = "both, of one modality (1/3)"
    TAG = "both, of one tag (1/100)"
    SMALL = "both, by a small owner"


FILTERS = {
    Way.MODALITY: Filter(modalities=(Modality.AUDIO,)),
    Way.TAG: Filter(tags=(RARE,)),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """A passage that is looked for by some of its words and by a vector beside its own: float32 of length 1."""

    number: int
    owner: str
    text: str
    vector: NDArray[np.float32]

    def question(self, way: Way, count: int = COUNT) -> Question:
        """What is asked this way."""
        text = "" if way is Way.MEANING else self.text
        vectors = () if way is Way.WORDS else (Vector(SPACE, self.vector.tobytes()),)
        return Question(text, vectors, FILTERS.get(way, Filter()), count)


def some(making: Making, memories: int, owner: str, count: int, seed: int) -> list[Sought]:
    """``count`` of the owner's passages, of different ones where there are as many."""
    chance = np.random.default_rng([seed, memories])
    owned = [number for number in range(1, memories + 1) if owner_of(source_of(number)) == owner]
    chosen = sorted(chance.choice(owned, count, replace=len(owned) < count).tolist())
    found: list[Sought] = []
    for first, numbers in groupby(chosen, lambda number: (number - 1) // CHUNK * CHUNK + 1):
        chunk = making.chunk(first, min(first + CHUNK - 1, memories))
        found.extend(_sought(making, chunk, number, owner, chance) for number in numbers)
    return [found[place] for place in chance.permutation(len(found))]


def nearest(making: Making, memories: int, sought: Sequence[Sought], way: Way) -> list[list[int]]:
    """The numbers of the memories whose vectors are nearest to each of ``sought``, of those that ``way`` lets through.

    All are compared. They are all of one owner's.
    """
    asked = np.stack([one.vector for one in sought])
    best: list[list[tuple[float, int]]] = [[] for _ in sought]
    for chunk in chunks(making, memories):
        numbers = np.arange(chunk.first, chunk.first + len(chunk.words))
        allowed = np.array([_is_let_through(int(number), sought[0].owner, way) for number in numbers])
        cosines = asked @ chunk.vectors[allowed].T
        for place, row in enumerate(cosines):
            top = np.argsort(-row)[:NEAREST]
            more = zip(row[top].tolist(), numbers[allowed][top].tolist(), strict=True)
            best[place] = sorted([*best[place], *more], reverse=True)[:NEAREST]
    return [[number for _, number in one] for one in best]


def _sought(making: Making, chunk: Chunk, number: int, owner: str, chance: np.random.Generator) -> Sought:
    place = number - chunk.first
    words = chunk.words[place]
    telling = words[words >= RARER] if (words >= RARER).sum() >= WORDS else words
    vector = near(chunk.vectors[[place]], BESIDE, chance)[0]
    return Sought(number, owner, making.text(chance.choice(telling, WORDS, replace=False)), vector)


def _is_let_through(number: int, owner: str, way: Way) -> bool:
    source = source_of(number)
    if owner_of(source) != owner:
        return False
    if way is Way.TAG:
        return (source - 1) % RARE_EVERY == 0
    return way is not Way.MODALITY or MODALITIES[number % len(MODALITIES)] == Modality.AUDIO


SMALL = owner_of(2)
OWNERS = {way: SMALL if way is Way.SMALL else BIG for way in Way}
