"""Agglomerative clustering of directions, by average linkage on cosine distance, of points that may stand for many.

The mean cosine of all pairs between two clusters of unit vectors is the product of their mean vectors. So a cluster
that was made before is told by its mean and its count, and goes on being clustered as if its members were there.
SciPy's ``linkage`` counts each point once, which is why it is not used; where each is one, the trees are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Merge:
    """The clusters of points ``one`` and ``other`` become one; ``distance``: 1 less the mean cosine between them."""

    one: int
    other: int
    distance: float


def average_linkage(means: NDArray[np.float64], counts: NDArray[np.float64]) -> list[Merge]:
    """The tree over points with mean vectors (n, d), of ``counts`` unit vectors each: n - 1 merges, the nearest first.

    By chains of nearest neighbours (Murtagh 1983, https://doi.org/10.1093/comjnl/26.4.354), with Lance's and Williams's
    update: time and memory grow with the square of n.
    """
    distances, weights = 1.0 - means @ means.T, counts.astype(np.float64)
    np.fill_diagonal(distances, np.inf)
    alive = np.ones(len(means), bool)
    merges: list[Merge] = []
    chain: list[int] = []
    while len(merges) < len(means) - 1:
        if not chain:
            chain.append(int(np.argmax(alive)))
        nearest = _nearest(distances[chain[-1]], chain)
        if len(chain) < 2 or nearest != chain[-2]:
            chain.append(nearest)
            continue
        one, other = sorted((chain.pop(), chain.pop()))
        merges.append(Merge(one, other, float(distances[one, other])))
        _join(distances, weights, one, other)
        alive[other] = False
    return sorted(merges, key=lambda merge: merge.distance)


def _nearest(row: NDArray[np.float64], chain: Sequence[int]) -> int:
    """The nearest of all; of several as near the one that the chain came from, or it would never end."""
    nearest = int(np.argmin(row))
    return chain[-2] if len(chain) > 1 and row[chain[-2]] <= row[nearest] else nearest


def _join(distances: NDArray[np.float64], weights: NDArray[np.float64], one: int, other: int) -> None:
    both = weights[one] + weights[other]
    distances[one] = (weights[one] * distances[one] + weights[other] * distances[other]) / both
    distances[:, one] = distances[one]
    distances[one, one] = distances[other] = distances[:, other] = np.inf
    weights[one] = both


def cut(merges: Sequence[Merge], clusters: int) -> NDArray[np.int64]:
    """The number of the cluster of each point, 0 and on in order of appearance, where ``clusters`` are left."""
    points = len(merges) + 1
    parent = list(range(points))
    for merge in merges[: points - clusters]:
        parent[_root(parent, merge.other)] = _root(parent, merge.one)
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(_root(parent, point), len(numbers)) for point in range(points)], np.int64)


def _root(parent: list[int], point: int) -> int:
    while parent[point] != point:
        parent[point] = parent[parent[point]]
        point = parent[point]
    return point
