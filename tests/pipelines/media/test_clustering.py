import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from pipelines.media.clustering import average_linkage, cut


def directions(count, dimensions=6, seed=1):
    vectors = np.random.default_rng(seed).normal(size=(count, dimensions))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def partition(labels):
    """Which points are together, whatever the clusters are called."""
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


@pytest.mark.parametrize("seed", range(5))
def test_tree_is_that_of_scipy(seed):
    vectors = directions(60, seed=seed)
    theirs = linkage(vectors, "average", "cosine")

    ours = average_linkage(vectors, np.ones(60))

    assert [merge.distance for merge in ours] == pytest.approx(theirs[:, 2])
    for clusters in (2, 5, 20):
        assert partition(cut(ours, clusters)) == partition(fcluster(theirs, clusters, "maxclust"))


def test_points_that_stand_for_many_are_joined_as_their_members_would_be():
    vectors = directions(80)
    whole = average_linkage(vectors, np.ones(80))
    groups = cut(whole, 30)
    means = np.stack([vectors[groups == group].mean(axis=0) for group in range(30)])

    rest = average_linkage(means, np.bincount(groups))

    assert [merge.distance for merge in rest] == pytest.approx([merge.distance for merge in whole[50:]])
    assert partition(cut(rest, 4)[groups]) == partition(cut(whole, 4))


def test_points_that_are_the_same_are_joined_first():
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])

    merges = average_linkage(vectors, np.ones(4))

    assert [merge.distance for merge in merges] == [0.0, 0.0, 1.0]
    assert cut(merges, 2).tolist() == [0, 1, 0, 1]


def test_one_point_is_one_cluster():
    assert cut(average_linkage(directions(1), np.ones(1)), 1).tolist() == [0]
