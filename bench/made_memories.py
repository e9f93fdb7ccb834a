"""Memories in any number, made from their numbers alone: words as frequent as Zipf says, and vectors in clusters.

A passage has 8 to 40 of 50,000 made-up words, the n-th of which comes about as often as 1 / n. Vectors have as many
dimensions as MiniLM's, 384, but vary in 48 directions, around 2,000 centres: those of real texts do not fill their
space either. Every second source of a hundred passages is one owner's, the others are dealt to owners of ten sources.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from pipelines.house import Space, SpaceKind

SPACE = Space(SpaceKind.TEXT, "made", 384)
CHUNK = 10_000  # memories that are made together
OF_A_SOURCE = 100
SOURCES_OF_ONE = 10  # of each owner but the big one
BIG = "owner-0"
VOCABULARY, FEWEST_WORDS, MOST_WORDS = 50_000, 8, 40
EXPONENT, FLAT = 1.07, 2.7  # of Zipf's law as Mandelbrot has it
CENTRES, DIRECTIONS = 2_000, 48
SPREAD, NOISE = 0.5, 0.1  # around a centre within the directions, and besides in all of them
RARE_EVERY = 100  # sources, one of which bears the rare tag
RARE = "rare"

_ONSETS = (*"bdfghjklmnprstvz", "br", "dr", "fl", "gr", "kl", "pr", "st", "tr")
_SYLLABLES = [onset + vowel for onset, vowel in product(_ONSETS, "aeiou")]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Memories whose numbers go on from ``first``, with the places of their words in the vocabulary.

    ``vectors``: float32 of shape (n, 384), of length 1.
    """

    first: int
    words: Sequence[NDArray[np.int64]]
    vectors: NDArray[np.float32]


class Making:
    """What memories are made of; the same ``seed`` makes the same."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    @cached_property
    def vocabulary(self) -> list[str]:
        """Made-up words, the most frequent first, which are the shortest too."""
        chance = np.random.default_rng(self._seed)
        two = ["".join(pair) for pair in product(_SYLLABLES, repeat=2)]
        three = ["".join(some) for some in chance.choice(_SYLLABLES, (2 * VOCABULARY, 3))]
        return list(dict.fromkeys([*chance.permutation(two).tolist(), *three]))[:VOCABULARY]

    @cached_property
    def _heaped(self) -> NDArray[np.float64]:
        shares = (np.arange(VOCABULARY) + 1 + FLAT) ** -EXPONENT
        heaped: NDArray[np.float64] = np.cumsum(shares / shares.sum())
        return heaped

    @cached_property
    def _basis(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The centres within the directions, and what leads from there into all dimensions."""
        chance = np.random.default_rng(self._seed + 1)
        into = chance.standard_normal((DIRECTIONS, SPACE.dimensions), np.float32) / np.sqrt(DIRECTIONS)
        return chance.standard_normal((CENTRES, DIRECTIONS), np.float32), into.astype(np.float32)

    def chunk(self, first: int, last: int) -> Chunk:
        """The memories with the numbers ``first`` to ``last``, which must begin a chunk and lie within it."""
        chance = np.random.default_rng([self._seed, first])
        count = last - first + 1
        lengths = chance.integers(FEWEST_WORDS, MOST_WORDS + 1, count)
        drawn = np.minimum(np.searchsorted(self._heaped, chance.random(int(lengths.sum()))), VOCABULARY - 1)
        return Chunk(first, np.split(drawn, np.cumsum(lengths)[:-1]), self._vectors(chance, count))

    def _vectors(self, chance: np.random.Generator, count: int) -> NDArray[np.float32]:
        centres, into = self._basis
        within = centres[chance.integers(CENTRES, size=count)]
        within = within + SPREAD * chance.standard_normal(within.shape, np.float32)
        return near(within @ into, NOISE, chance)

    def text(self, words: NDArray[np.int64]) -> str:
        """The passage of these words."""
        return " ".join(self.vocabulary[place] for place in words)


def near(vectors: NDArray[np.float32], noise: float, chance: np.random.Generator) -> NDArray[np.float32]:
    """Vectors of length 1 not far from these: ``noise`` is how long what is added is beside them."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    added = chance.standard_normal(vectors.shape, np.float32) * (noise * lengths / np.sqrt(vectors.shape[1]))
    moved = vectors + added
    made: NDArray[np.float32] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return made


def source_of(number: int) -> int:
    """The number of the source, from 1, that the memory with this number, from 1, comes of."""
    return (number - 1) // OF_A_SOURCE + 1


def owner_of(source: int) -> str:
    """Whose a source is."""
    return BIG if source % 2 else f"owner-{1 + source // 2 // SOURCES_OF_ONE}"
