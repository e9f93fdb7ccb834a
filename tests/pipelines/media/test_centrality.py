"""Which sentences a text turns around, on similarities small enough to see."""

import numpy as np

from pipelines.media.centrality import central, choose_diverse, most_typical

SIMILARITY = np.array([[1, 0.9, 0.8, 0], [0.9, 1, 0.1, 0], [0.8, 0.1, 1, 0], [0, 0, 0, 1]], np.float32)


def test_sentence_like_the_others_is_the_most_central() -> None:
    scores = central(SIMILARITY)

    assert int(scores.argmax()) == 0
    assert scores[0] == 1
    assert int(scores.argmin()) == 3


def test_diversity_passes_over_the_likeness_of_one_chosen() -> None:
    scores = np.array([1, 0.9, 0.5, 0.1], np.float32)

    plain = choose_diverse(SIMILARITY, scores, 0, [1] * 4, 2)
    diverse = choose_diverse(SIMILARITY, scores, 0.9, [1] * 4, 2)

    assert plain == [0, 1]
    assert diverse == [0, 3]


def test_one_sentence_is_its_own_centre() -> None:
    scores = central(np.ones((1, 1), np.float32))

    assert scores.tolist() == [1]


def test_most_typical_takes_one_sentence_a_stretch() -> None:
    sentences = ["honey honey", "x", "y", "honey bees", "z", "honey"]

    chosen = most_typical(sentences, 3)

    assert chosen == [0, 3, 5]


def test_choice_passes_over_what_does_not_fit_any_more() -> None:
    scores = np.array([1, 0.9, 0.5, 0.1], np.float32)

    chosen = choose_diverse(SIMILARITY, scores, 0, [5, 9, 4, 1], 10)

    assert chosen == [0, 2, 3]
