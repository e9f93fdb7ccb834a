"""Vectors of many numbers as points of a plane, so that neighbours stay neighbours and a map can be drawn.

A sample is laid out by t-SNE (van der Maaten and Hinton 2008, https://jmlr.org/papers/v9/vandermaaten08a.html) in its
Barnes-Hut form, whose time grows nearly linearly but is seconds for thousands of points; all others go to where their
nearest neighbours of the sample lie, as landmark methods do (de Silva and Tenenbaum 2004).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LANDMARKS = 2000  # ten seconds of t-SNE on one core
FEW = 12  # points below which t-SNE has no neighbourhoods to keep
KEPT_DIMENSIONS = 50  # as t-SNE's authors do: the rest is mostly noise, and costs time
PERPLEXITY = 30.0  # about how many neighbours a point minds: t-SNE's usual value
NEIGHBOURS = 4
AT_ONCE = 2000  # points that are compared with all landmarks: 16 MB
SEED = 7

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Projection:
    """``points``: float32 of shape (n, 2) around 0, none further than 1 in either direction; ``method`` made them."""

    points: Floats
    method: str


def project(
    vectors: Floats, check: Callable[[], None], progress: Callable[[float], None], landmarks: int = LANDMARKS
) -> Projection:
    """Lay out ``vectors``, float32 of shape (n, d), the same each time. ``progress`` is told in 0..1.

    So many ``landmarks`` are laid out by t-SNE, which needs scikit-learn; with none, and where there are few vectors,
    the two main directions are drawn.
    """
    reduced = principal(vectors, KEPT_DIMENSIONS)
    progress(0.1)
    check()
    if len(reduced) < FEW or not landmarks:
        return Projection(_fitted(_wide(reduced)), "pca")
    chosen = _chosen(len(reduced), landmarks)
    laid_out = _t_sne(reduced[chosen])
    progress(0.8)
    check()
    if len(chosen) == len(reduced):
        return Projection(_fitted(laid_out), "tsne")
    points = np.empty((len(reduced), 2), np.float32)
    for start in range(0, len(reduced), AT_ONCE):
        check()
        some = slice(start, start + AT_ONCE)
        points[some] = _beside_neighbours(reduced[some], reduced[chosen], laid_out)
    points[chosen] = laid_out
    return Projection(_fitted(points), "tsne-landmarks")


def principal(vectors: Floats, dimensions: int) -> Floats:
    """The first principal components, float32 of shape (n, at most ``dimensions``), by the covariance of all.

    An eigenvector's sign is arbitrary: its largest entry is made positive, so that every machine draws one map.
    """
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :dimensions]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    return np.asarray(centred @ (axes * np.where(largest < 0, -1.0, 1.0)), np.float32)


def _chosen(count: int, landmarks: int) -> NDArray[np.int64]:
    if count <= landmarks:
        return np.arange(count)
    return np.sort(np.random.default_rng(SEED).choice(count, landmarks, replace=False))


def _t_sne(points: Floats) -> Floats:
    from sklearn.manifold import TSNE

    start = _wide(points)
    start = start / max(float(start[:, 0].std()), 1e-12) * 1e-4  # as openTSNE and scikit-learn begin from PCA
    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    made = TSNE(perplexity=perplexity, init=start, max_iter=500, random_state=SEED).fit_transform(points)
    return np.asarray(made, np.float32)


def _beside_neighbours(points: Floats, landmarks: Floats, laid_out: Floats) -> Floats:
    """Where each of ``points`` goes: the mean of its nearest landmarks' places, the nearer the weightier."""
    squares = (landmarks**2).sum(axis=1)
    distances = np.maximum((points**2).sum(axis=1)[:, None] - 2 * points @ landmarks.T + squares, 0.0)
    nearest = np.argpartition(distances, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    weights = 1.0 / (np.take_along_axis(distances, nearest, axis=1) + 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray((laid_out[nearest] * weights[:, :, None]).sum(axis=1), np.float32)


def _wide(points: Floats) -> Floats:
    """The first two columns; a column of zeros where there is none."""
    return np.pad(points[:, :2], ((0, 0), (0, max(0, 2 - points.shape[1]))))


def _fitted(points: Floats) -> Floats:
    """The same picture around 0 and within 1: one scale for both directions, so that distances stay."""
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    centred = points - middle
    return np.asarray(centred / max(float(np.abs(centred).max()), 1e-12), np.float32)
