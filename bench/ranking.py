"""How good a ranking is, held against grades that are known, and how sure that is."""

import math
from collections.abc import Mapping, Sequence
from random import Random
from statistics import fmean

DEPTH = 10
RESAMPLES = 1_000


def recall(ranked: Sequence[int], grades: Mapping[int, int], depth: int = DEPTH) -> float:
    """Which share of those of the highest grade is among the first ``depth``; 1 where they fill them all."""
    best = max(grades.values())
    wanted = {number for number, grade in grades.items() if grade == best}
    return len(wanted & set(ranked[:depth])) / min(len(wanted), depth)


def ndcg(ranked: Sequence[int], grades: Mapping[int, int], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain, 0..1: a grade is worth ``2**grade - 1``, less the further behind it is.

    Järvelin and Kekäläinen 2002, https://doi.org/10.1145/582415.582418; gains as of Burges et al. 2005.
    """
    ideal = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain([grades.get(number, 0) for number in ranked[:depth]]) / ideal


def interval(values: Sequence[float], seed: int = 7, resamples: int = RESAMPLES) -> tuple[float, float]:
    """The 95 % interval of the mean of ``values``, by the percentiles of means of as many drawn with replacement.

    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    chance = Random(seed)
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(resamples))
    return means[int(0.025 * resamples)], means[math.ceil(0.975 * resamples) - 1]


def with_interval(values: Sequence[float]) -> str:
    """The mean of ``values`` and its interval, as a table tells them."""
    low, high = interval(values)
    return f"{fmean(values):.3f} ({low:.3f} to {high:.3f})"


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
