import numpy as np
import pytest

from pipelines.media.sound import SPEECH_RATE_HZ
from pipelines.media.windows import may_hold_speech, windows


def noise(duration_s):
    return np.random.default_rng(0).normal(0, 0.1, round(duration_s * SPEECH_RATE_HZ)).astype(np.float32)


def test_windows_hold_every_sample_once_and_in_order():
    samples = noise(75)

    cut = list(windows(np.array_split(samples, 100)))

    assert np.array_equal(np.concatenate([window.samples for window in cut]), samples)
    assert max(len(window.samples) for window in cut) <= 30 * SPEECH_RATE_HZ


def test_window_is_cut_in_a_pause():
    samples = noise(40)
    pause = slice(25 * SPEECH_RATE_HZ, round(25.4 * SPEECH_RATE_HZ))
    samples[pause] = 0

    first, second = windows([samples])

    assert 25.0 < first.end_s < 25.4
    assert second.start_s == first.end_s


def test_times_count_from_where_the_sound_begins_in_the_recording():
    first, second = windows([noise(40)], start_s=7.0)

    assert first.start_s == 7.0
    assert second.start_s == first.end_s
    assert second.end_s == pytest.approx(47.0)


def test_windows_behind_one_that_was_heard_are_cut_as_before():
    samples = noise(100)
    blocks = np.array_split(samples, 300)
    first, *others = windows(blocks, start_s=7.0)

    again = list(windows(blocks, start_s=7.0, until_s=first.end_s))

    assert [window.start_s for window in again] == [window.start_s for window in others]
    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(again, others, strict=True))


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(16_000, np.float32), noise(2)])
def test_nothing_silence_and_hiss_hold_no_speech(samples):
    assert not may_hold_speech(samples)
