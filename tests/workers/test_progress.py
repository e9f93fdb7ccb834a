from workers.progress import INTERVAL_S, ThrottledProgress


def test_the_first_the_last_and_one_an_interval_are_told() -> None:
    told: list[float | None] = []
    moments = iter([0.0, INTERVAL_S / 2, INTERVAL_S, INTERVAL_S * 1.1])
    progress = ThrottledProgress(lambda fraction, note: told.append(fraction), clock=lambda: next(moments))

    for fraction in (0.1, 0.2, 0.3, 1.0):
        progress.tell(fraction, "")

    assert told == [0.1, 0.3, 1.0]


def test_fractions_stay_within_their_bounds() -> None:
    told: list[float | None] = []

    for fraction in (-1.0, 2.0, None):
        ThrottledProgress(lambda fraction, note: told.append(fraction)).tell(fraction, "")

    assert told == [0.0, 1.0, None]
