"""The meter that is fed through a pipe, beside the one that reads a file."""

import sys
from pathlib import Path

import numpy as np
import pytest

from pipelines.errors import PipelineError
from pipelines.media.loudness import measure_loudness
from pipelines.media.loudness_meter import loudness_meter

sys.path.insert(0, str(Path(__file__).parents[1] / "audio"))
from recordings import babble, write_wav

RATE_HZ = 16_000


def test_what_is_piped_measures_as_its_file_does(tmp_path):
    talk = 0.5 * babble(6)
    of_file = measure_loudness(write_wav(tmp_path / "talk.wav", talk), lambda: None)

    with loudness_meter(RATE_HZ, 1, "mono") as meter:
        for at in range(0, len(talk), 5000):
            meter.add(talk[at : at + 5000, None])
        piped = meter.read()

    assert piped == of_file


@pytest.mark.parametrize(("layout", "is_heard"), [("5.1", False), ("6.0", True)])
def test_channel_for_effects_does_not_count(layout, is_heard):
    sound = np.zeros((4 * RATE_HZ, 6), np.float32)
    sound[:, 3] = babble(4)  # in 5.1 the fourth channel is for effects

    with loudness_meter(RATE_HZ, 6, layout) as meter:
        meter.add(sound)
        found = meter.read()

    assert (found.integrated_lufs is not None) == is_heard


def test_death_of_the_meter_is_told():
    with loudness_meter(RATE_HZ, 1, "mono") as meter:
        meter.process.kill()
        meter.process.wait()

        with pytest.raises(PipelineError, match="the loudness meter"):
            meter.add(np.zeros((RATE_HZ, 1), np.float32))


def test_meter_that_dies_before_it_tells_is_no_measurement():
    with loudness_meter(RATE_HZ, 1, "mono") as meter:
        meter.add(np.zeros((10, 1), np.float32))
        meter.process.kill()
        meter.process.wait()

        with pytest.raises(PipelineError, match="the loudness meter failed"):
            meter.read()
