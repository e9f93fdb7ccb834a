"""The filter bank, held against another implementation of Kaldi's."""

import numpy as np
import pytest

from pipelines.media.filter_bank import BANDS, Taper, filter_bank

pytestmark = pytest.mark.engine  # transformers takes a second to import

RATE_HZ = 16_000


def by_transformers(samples, taper):
    from transformers.audio_utils import mel_filter_bank, spectrogram, window_function

    filters = mel_filter_bank(257, BANDS, 20, RATE_HZ / 2, RATE_HZ, mel_scale="kaldi", triangularize_in_mel_space=True)
    window = window_function(400, taper.value, periodic=False)
    shared = {"frame_length": 400, "hop_length": 160, "fft_length": 512, "power": 2.0, "center": False}
    kaldi = {"preemphasis": 0.97, "remove_dc_offset": True, "log_mel": "log", "mel_floor": 1.1920928955078125e-07}
    return spectrogram(samples, window, mel_filters=filters, **shared, **kaldi).T


@pytest.mark.parametrize("taper", Taper)
def test_bands_are_those_of_kaldi(taper):
    time_s = np.arange(RATE_HZ) / RATE_HZ
    noise = np.random.default_rng(5).normal(0, 300, RATE_HZ)
    samples = (8000 * np.sin(2 * np.pi * 440 * time_s) + noise + 100).astype(np.float32)

    found = filter_bank(samples, taper)

    assert found.shape == (98, BANDS)
    assert found == pytest.approx(by_transformers(samples, taper), abs=1e-4)


def test_digital_silence_has_the_least_energy_in_every_band():
    silence = np.zeros(800, np.float32)

    found = filter_bank(silence, Taper.POVEY)

    assert found == pytest.approx(np.log(np.finfo(np.float32).eps))


def test_less_than_a_frame_gives_none():
    assert filter_bank(np.ones(399, np.float32), Taper.POVEY).shape == (0, BANDS)
