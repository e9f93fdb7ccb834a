import numpy as np
import pytest

from pipelines.media.steps import Steps


def fed(steps, rows, block):
    for at in range(0, len(rows), block):
        steps.add(rows[at : at + block])
    return steps


@pytest.mark.parametrize("block", [1, 7, 1000])
@pytest.mark.parametrize("most", [10, 11])
@pytest.mark.parametrize("count", [1, 9, 10, 11, 100, 997])
def test_every_row_is_in_the_step_of_its_place(block, most, count):
    rows = np.random.default_rng(0).random((count, 3)).astype(np.float32)

    steps = fed(Steps(most, 3, np.maximum), rows, block)

    values = steps.values()
    expected = [rows[at : at + steps.length].max(axis=0) for at in range(0, count, steps.length)]
    assert np.array_equal(values, expected)
    assert min(count, most // 2) <= len(values) <= most


def test_average_of_the_steps_is_that_of_the_rows():
    rows = np.arange(64, dtype=np.float32)[:, None]

    values = fed(Steps(8, 1, np.add), rows, 5).averages()

    assert values[:, 0].tolist() == [3.5, 11.5, 19.5, 27.5, 35.5, 43.5, 51.5, 59.5]
