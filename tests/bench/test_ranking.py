"""What is said of a ranking whose right answers are known."""

import math
from random import Random

import pytest

from bench.ranking import interval, ndcg, recall

GRADES = {1: 2, 2: 1, 3: 1}


def test_ranking_in_the_order_of_the_grades_is_worth_one() -> None:
    assert ndcg([1, 2, 3, 99], GRADES) == pytest.approx(1)
    assert ndcg([1, 3, 2], GRADES) == pytest.approx(1)


def test_each_place_further_behind_is_worth_less_by_the_logarithm() -> None:
    ideal = 3 + 1 / math.log2(3) + 1 / 2

    assert ndcg([99, 1], GRADES) == pytest.approx((3 / math.log2(3)) / ideal)
    assert ndcg([99, 98, 2], GRADES) == pytest.approx((1 / 2) / ideal)


def test_nothing_behind_the_depth_counts() -> None:
    ranked = [*range(100, 110), 1]

    assert ndcg(ranked, GRADES) == 0
    assert recall(ranked, GRADES) == 0
    assert recall(ranked, GRADES, depth=11) == 1


def test_recall_is_of_those_with_the_highest_grade_alone() -> None:
    assert recall([2, 3], GRADES) == 0
    assert recall([1, 9], {1: 2, 4: 2, 5: 1}) == 0.5


def test_recall_is_whole_where_more_are_right_than_there_are_places() -> None:
    assert recall([4, 3], dict.fromkeys(range(50), 1), depth=2) == 1


def test_interval_of_what_never_varies_is_a_point() -> None:
    assert interval([0.5] * 20) == (0.5, 0.5)


def test_interval_is_as_wide_as_the_standard_error_of_the_mean_tells() -> None:
    chance = Random(1)
    values = [chance.gauss(10, 2) for _ in range(400)]

    low, high = interval(values)

    assert (high - low) / 2 == pytest.approx(1.96 * 2 / math.sqrt(400), rel=0.15)
    assert low < sum(values) / 400 < high
