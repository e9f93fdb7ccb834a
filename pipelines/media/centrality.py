"""Which sentences a text turns around, and which of those to keep: LexRank, MMR and SumBasic."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

DAMPING = 0.85  # as in PageRank
TOLERANCE = 1e-6
MAX_ROUNDS = 200


def cosines(vectors: Sequence[NDArray[np.float32]]) -> Matrix:
    """The cosine of every pair of ``vectors`` of length 1: shape (n, n)."""
    rows = np.stack(vectors)
    return np.asarray(rows @ rows.T, np.float32)


def central(similarity: Matrix) -> Matrix:
    """How central each sentence is: 1 for the most central one, float32 of shape (n,).

    ``similarity`` is (n, n), cosines. Continuous LexRank: the stationary distribution of a walk that prefers
    similar sentences (Erkan and Radev 2004, https://arxiv.org/abs/1109.2128, section 3.3).
    """
    count = len(similarity)
    weights = np.clip(similarity, 0, None)
    np.fill_diagonal(weights, 0)
    totals = weights.sum(axis=1, keepdims=True)
    walk = np.where(totals > 0, weights / np.where(totals > 0, totals, 1), 1 / count)
    scores = np.full(count, 1 / count)
    for _ in range(MAX_ROUNDS):
        moved = (1 - DAMPING) / count + DAMPING * (scores @ walk)
        if np.abs(moved - scores).sum() < TOLERANCE:
            break
        scores = moved
    return np.asarray(scores / scores.max(), np.float32)


def choose_diverse(
    similarity: Matrix, scores: Matrix, diversity: float, lengths: Sequence[float], budget: float
) -> list[int]:
    """The indices of sentences whose ``lengths`` are together at most ``budget``, best first; none where none fits.

    Maximal marginal relevance (Carbonell and Goldstein 1998, https://doi.org/10.1145/290941.291025): each choice
    weighs its score against its likeness to those chosen before, by ``diversity`` in 0..1, among those that still fit.
    """
    chosen: list[int] = []
    likeness = np.zeros(len(scores), np.float32)
    sizes = np.array(lengths, np.float64)
    left = budget
    open_to_choice = sizes <= left
    while open_to_choice.any():
        worth = (1 - diversity) * scores - diversity * likeness
        best = int(np.where(open_to_choice, worth, -np.inf).argmax())
        chosen.append(best)
        left -= lengths[best]
        open_to_choice[best] = False
        open_to_choice &= sizes <= left
        likeness = np.maximum(likeness, similarity[best])
    return chosen


def most_typical(sentences: Sequence[str], count: int) -> list[int]:
    """The indices of ``count`` sentences spread evenly over the text, in order.

    Each comes from its own stretch of the text and is the one there whose words are the most frequent overall
    (the mean word probability of SumBasic, Nenkova and Vanderwende 2005).
    """
    words = [re.findall(r"\w+", sentence.lower()) for sentence in sentences]
    frequency = Counter(word for row in words for word in row if len(word) > 3)  # short ones are mostly function words
    typical = [sum(frequency[word] for word in row) / (len(row) or 1) for row in words]
    edges = [len(sentences) * step // count for step in range(count + 1)]
    return [max(range(start, end), key=typical.__getitem__) for start, end in pairwise(edges)]
