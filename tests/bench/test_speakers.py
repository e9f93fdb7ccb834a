import pytest

from bench.speakers import error_rate

TRUTH = [(0.0, 10.0, "Ann"), (10.0, 20.0, "Bob")]


def test_names_do_not_matter_where_the_same_speak_at_the_same_times():
    assert error_rate(TRUTH, [(0.0, 10.0, "S2"), (10.0, 20.0, "S1")]) == 0.0


@pytest.mark.parametrize(
    ("found", "wrong_s"),
    [
        ([(0.0, 10.0, "S1")], 10.0),  # missed
        ([(0.0, 20.0, "S1")], 10.0),  # one for two
        ([(0.0, 10.0, "S1"), (10.0, 15.0, "S2"), (15.0, 20.0, "S3")], 5.0),  # two for one
        ([(0.0, 10.0, "S1"), (10.0, 20.0, "S2"), (20.0, 24.0, "S2")], 4.0),  # nobody speaks
        ([(0.0, 12.0, "S1"), (12.0, 20.0, "S2")], 2.0),  # too late
    ],
)
def test_time_that_is_missed_made_up_or_given_to_another_is_counted(found, wrong_s):
    assert error_rate(TRUTH, found, collar_s=0.0) == pytest.approx(wrong_s / 20)


def test_moments_around_a_true_turn_are_not_counted():
    found = [(0.1, 9.8, "S1"), (9.8, 20.2, "S2")]

    assert error_rate(TRUTH, found) == 0.0
    assert error_rate(TRUTH, found, collar_s=0.0) == pytest.approx((0.1 + 0.2 + 0.2) / 20)
