import pytest

from pipelines.media.stretches import Stretches


def body(*stretches, join_s=0.5):
    found = Stretches(join_s)
    for start_s, end_s in stretches:
        found.add(start_s, end_s)
    told = found.body(10.0)
    return [(place["start_s"], place["end_s"]) for place in told["places"]], told["count"], told["duration_s"]


def test_stretches_close_to_each_other_are_one():
    places, count, duration_s = body((1.0, 2.0), (2.4, 3.0), (4.0, 5.0))

    assert (places, count, duration_s) == ([(1.0, 3.0), (4.0, 5.0)], 2, 3.0)


@pytest.mark.parametrize("late", [(0.5, 6.0), (4.2, 6.0)])
def test_stretch_that_began_before_others_ended_takes_them_in(late):
    places, count, duration_s = body((1.0, 2.0), (3.0, 3.25), (4.0, 4.5), late)

    whole = [(0.5, 6.0)] if late[0] < 1 else [(1.0, 2.0), (3.0, 3.25), (4.0, 6.0)]
    assert (places, count) == (whole, len(whole))
    assert duration_s == sum(end_s - start_s for start_s, end_s in whole)
