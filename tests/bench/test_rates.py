"""Rates of several ways, taken in turn."""

from itertools import accumulate, chain, repeat

from bench.rates import Way, by_threads, rates_table


def test_ways_are_taken_in_turn_and_medians_are_set_beside_their_rivals() -> None:
    done: list[str] = []
    ways = [
        Way("plain", "plain", lambda: done.append("plain")),
        Way("ours", "plain", lambda: done.append("ours")),
    ]
    taken_s = [100, 100, 4, 2, 8, 1, 4, 2]  # the first two warm up
    clock = accumulate(chain.from_iterable(zip(repeat(0), taken_s, strict=False)))

    table = rates_table("Rates", "pictures", 8, ways, rounds=3, clock=lambda: next(clock))

    assert done == ["plain", "ours"] * 4
    assert table.headings[1] == "pictures a second"
    assert list(table.rows) == [("plain", 2.0, "plain", 1.0), ("ours", 4.0, "plain", 2.0)]


def test_each_thing_is_done_once_by_however_many_threads() -> None:
    done: list[int] = []

    by_threads(3, range(10), done.append)()

    assert sorted(done) == list(range(10))
