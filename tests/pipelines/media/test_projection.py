"""Vectors on a plane: neighbours stay neighbours, and the picture is the same each time."""

import numpy as np
import pytest

from pipelines.media.projection import principal, project


def clusters(count: int, groups: int = 8, dimensions: int = 64) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(5)
    group = chance.integers(groups, size=count)
    vectors = chance.normal(size=(groups, dimensions))[group] + 0.4 * chance.normal(size=(count, dimensions))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), group


def laid_out(vectors: np.ndarray, landmarks: int = 2000):
    return project(vectors, lambda: None, lambda _done: None, landmarks)


def test_neighbours_stay_together():
    from sklearn.manifold import trustworthiness

    vectors, group = clusters(300)

    made = laid_out(vectors)

    distances = np.linalg.norm(made.points[:, None] - made.points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert made.method == "tsne"
    assert trustworthiness(vectors, made.points, n_neighbors=10) > 0.9
    assert (group[distances.argmin(axis=1)] == group).mean() > 0.97
    assert np.abs(made.points).max() == pytest.approx(1.0)


def test_same_vectors_make_the_same_map():
    vectors, _ = clusters(60)

    first, second = laid_out(vectors), laid_out(vectors)

    assert np.array_equal(first.points, second.points)


@pytest.mark.parametrize("count", [1, 2, 5, 11])
def test_few_points_are_drawn_as_well(count):
    vectors, _ = clusters(count)

    made = laid_out(vectors)

    assert made.method == "pca"
    assert made.points.shape == (count, 2)
    assert np.isfinite(made.points).all()


def test_points_that_are_all_the_same_lie_on_one_place():
    made = laid_out(np.ones((40, 3), np.float32))

    assert np.isfinite(made.points).all()


def test_without_scikit_learn_the_main_directions_are_drawn():
    vectors, _ = clusters(50)

    made = laid_out(vectors, landmarks=0)

    assert made.method == "pca"


def test_axes_point_the_same_way_on_every_machine():
    vectors, _ = clusters(50)

    there, back = principal(vectors, 3), principal(vectors[::-1].copy(), 3)

    assert np.allclose(there, back[::-1], atol=1e-4)


def test_points_beyond_the_landmarks_lie_with_their_like():
    vectors, group = clusters(600)

    made = laid_out(vectors, landmarks=150)

    middles = np.stack([made.points[group == one].mean(axis=0) for one in range(8)])
    nearest = np.linalg.norm(made.points[:, None] - middles[None], axis=2).argmin(axis=1)
    assert made.method == "tsne-landmarks"
    assert (nearest == group).mean() > 0.97
