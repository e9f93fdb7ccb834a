"""How much memory the analysis of a long recording takes."""

import sys
import tracemalloc
from pathlib import Path

import numpy as np

from pipelines.media.sound import open_sound
from pipelines.media.sound_analysis import Asked, analyse_sound
from pipelines.media.speech_windows import FRAME

sys.path.insert(0, str(Path(__file__).parents[1] / "audio"))
from recordings import babble, source, write_wav

RATE_HZ = 16_000


class Nobody:
    """A detector to which nothing is speech."""

    def probabilities(self, samples):
        return np.zeros(len(samples) // FRAME, np.float32)


def peak_bytes(path):
    tracemalloc.start()
    with open_sound(source(path)) as sound:
        analyse_sound(sound, Asked(-50, 0.5, 2000), Nobody(), lambda _: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_hold_a_long_recording(tmp_path):
    long = write_wav(tmp_path / "long.wav", np.tile(babble(60, RATE_HZ), 5), RATE_HZ)

    held = peak_bytes(long)

    assert held < 10_000_000  # five minutes of these are 19.2 MB as floats; the spectrogram's columns are 2 MB
