import numpy as np
import pytest

from pipelines.media.clipping import Clipping

RATE_HZ = 1000


def clipping(samples, block):
    found = Clipping(RATE_HZ, 0.99)
    sound = np.asarray(samples, np.float32)
    sound = sound[:, None] if sound.ndim == 1 else sound
    for at in range(0, len(sound), block):
        found.add(sound[at : at + block])
    return found.body(len(sound) / RATE_HZ)


@pytest.mark.parametrize("block", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("samples", "runs", "clipped"),
    [
        ([0, 1, 1, 0], 0, 0),
        ([0, 1, 1, 1, 0], 1, 3),
        ([1, 1, 1, -1, -1, -1, -1], 2, 7),
        ([1, 1, -1, -1, 1, 1], 0, 0),
        ([1, 1, 1, 0, 1, 1, 1], 2, 6),
        ([0.5, 0.5, 0.5, 0.5], 0, 0),
    ],
)
def test_runs_are_counted_wherever_the_sound_is_cut(samples, runs, clipped, block):
    found = clipping(samples, block)

    assert (found["runs"], found["samples"]) == (runs, clipped)
    assert found["share"] == pytest.approx(clipped / len(samples), abs=1e-6)


def test_channels_are_looked_at_by_themselves():
    found = clipping([(1, 0), (1, 1), (0, 1), (0, 1)], 2)

    assert (found["runs"], found["share"]) == (1, 3 / 8)


def test_places_closer_than_half_a_second_are_one():
    samples = np.zeros(3000)
    samples[100:110] = samples[400:410] = samples[2000:2010] = 1

    found = clipping(samples, 64)

    assert found["places"] == [{"start_s": 0.1, "end_s": 0.41}, {"start_s": 2.0, "end_s": 2.01}]


def test_channel_that_is_clipped_all_along_is_one_place_with_what_another_clips_meanwhile():
    sound = np.zeros((9000, 2))
    sound[1000:8000, 0] = 1
    sound[5100:5200, 1] = sound[6900:7000, 1] = 1

    found = clipping(sound, 1000)

    assert (found["runs"], found["places"]) == (3, [{"start_s": 1.0, "end_s": 8.0}])
