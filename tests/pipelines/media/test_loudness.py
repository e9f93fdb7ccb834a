"""Loudness beside what ITU-R BS.1770-4 says a sine measures, and its making to measure."""

import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.espeak_ng import loaded_library
from pipelines.errors import Cancelled
from pipelines.media.loudness import CEILING_DBTP, measure_loudness, normalise

sys.path.insert(0, str(Path(__file__).parents[1] / "audio"))
from recordings import babble, write_pcm, write_wav

RATE_HZ = 48_000
FULL_SCALE_SINE_LUFS = -3.01  # of 997 Hz in one channel: BS.1770-4, annex 1


def nothing_to_check():
    return None


def sine(peak_dbfs, duration_s=5.0, rate_hz=RATE_HZ):
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    return 10 ** (peak_dbfs / 20) * np.sin(2 * np.pi * 997 * t)


def seconds(wav):
    with wave.open(str(wav), "rb") as file:
        return file.getnframes() / file.getframerate()


@pytest.mark.parametrize("peak_dbfs", [-0.5, -23.0, -40.0])
@pytest.mark.parametrize("rate_hz", [22_050, 48_000])
def test_sine_is_as_loud_as_the_standard_says(tmp_path, peak_dbfs, rate_hz):
    wav = write_wav(tmp_path / "sine.wav", sine(peak_dbfs, rate_hz=rate_hz), rate_hz)

    found = measure_loudness(wav, nothing_to_check)

    assert found.integrated_lufs == pytest.approx(FULL_SCALE_SINE_LUFS + peak_dbfs, abs=0.1)
    assert found.true_peak_dbtp == pytest.approx(peak_dbfs, abs=0.2)


def test_two_channels_are_three_decibels_louder_than_one(tmp_path):
    wav = write_wav(tmp_path / "stereo.wav", np.stack([sine(-23), sine(-23)], axis=1), RATE_HZ)

    found = measure_loudness(wav, nothing_to_check)

    assert found.integrated_lufs == pytest.approx(-23.0, abs=0.1)


def test_pauses_are_no_part_of_the_loudness(tmp_path):
    paused = np.concatenate([sine(-20, 4), np.zeros(6 * RATE_HZ), sine(-20, 4)])

    found = measure_loudness(write_wav(tmp_path / "paused.wav", paused, RATE_HZ), nothing_to_check)

    assert found.integrated_lufs == pytest.approx(FULL_SCALE_SINE_LUFS - 20, abs=0.3)


def test_range_is_the_distance_of_loud_and_quiet_passages(tmp_path):
    both = np.concatenate([sine(-20, 20), sine(-30, 20)])  # the first case of EBU Tech 3342

    found = measure_loudness(write_wav(tmp_path / "both.wav", both, RATE_HZ), nothing_to_check)

    assert found.range_lu == pytest.approx(10, abs=1)


@pytest.mark.parametrize("samples", [np.zeros(RATE_HZ), sine(-20, 0.2)])
def test_silence_and_what_is_too_short_have_no_loudness(tmp_path, samples):
    wav = write_wav(tmp_path / "still.wav", samples, RATE_HZ)

    found = measure_loudness(wav, nothing_to_check)

    assert (found.integrated_lufs, found.range_lu) == (None, None)


@pytest.mark.parametrize("loudness_lufs", [-16.0, -23.0, -30.0])
def test_speech_becomes_as_loud_as_is_wanted_and_stays_below_the_ceiling(tmp_path, loudness_lufs):
    talk = write_wav(tmp_path / "talk.wav", 0.3 * babble(20, 22_050), 22_050)
    loud = tmp_path / "loud.wav"

    normalise(talk, loud, nothing_to_check, loudness_lufs=loudness_lufs)

    became = measure_loudness(loud, nothing_to_check)
    assert became.integrated_lufs == pytest.approx(loudness_lufs, abs=0.3)
    assert became.true_peak_dbtp <= CEILING_DBTP + 0.1
    assert seconds(loud) == seconds(talk)


def test_limiter_takes_as_many_passes_as_bring_the_sound_closer(tmp_path):
    spoken = b"".join(
        loaded_library().say("Every second peak of a voice is a high one. " * 4, "en-us", 1.0, lambda: None)
    )
    talk = write_pcm(tmp_path / "talk.wav", spoken, loaded_library().rate_hz)

    became = normalise(talk, tmp_path / "loud.wav", nothing_to_check, loudness_lufs=-14.0)

    assert became.integrated_lufs == pytest.approx(-14.0, abs=0.5)
    assert became.true_peak_dbtp <= CEILING_DBTP + 0.1


def test_ceiling_holds_where_it_keeps_the_sound_from_becoming_loud_enough(tmp_path):
    talk = write_wav(tmp_path / "talk.wav", 0.3 * babble(5, 22_050), 22_050)

    became = normalise(talk, tmp_path / "loud.wav", nothing_to_check, loudness_lufs=-5.0)

    assert became.integrated_lufs < -6
    assert became.true_peak_dbtp <= CEILING_DBTP + 0.1


def test_silence_stays_silence(tmp_path):
    still = write_wav(tmp_path / "still.wav", np.zeros(RATE_HZ), RATE_HZ)

    became = normalise(still, tmp_path / "louder.wav", nothing_to_check)

    assert became.integrated_lufs is None
    assert seconds(tmp_path / "louder.wav") == 1.0


def test_measuring_stops_when_the_job_is_cancelled(tmp_path):
    wav = write_wav(tmp_path / "long.wav", np.zeros(600 * RATE_HZ), RATE_HZ)

    def cancelled():
        raise Cancelled

    with pytest.raises(Cancelled):
        measure_loudness(wav, cancelled)
