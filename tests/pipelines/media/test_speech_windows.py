import numpy as np
import pytest

from pipelines.media.speech_windows import BLOCK, FRAME, speech_windows

RATE_HZ = 16_000


class Loudness:
    """A detector for sound in which speech is whatever is loud."""

    def probabilities(self, samples):
        return np.abs(samples.reshape(-1, FRAME)).max(axis=1).clip(0, 1)


def sound(*stretches):
    """Stretches of (seconds, loudness): 1 is speech, 0 silence, 0.4 something between."""
    return np.concatenate([np.full(round(seconds * RATE_HZ), level, np.float32) for seconds, level in stretches])


def cut(samples, block=4321, **kwargs):
    blocks = [samples[at : at + block] for at in range(0, len(samples), block)]
    return [window for window in speech_windows(blocks, Loudness(), **kwargs) if not window.is_empty]


def test_silence_gives_no_window():
    assert cut(sound((100, 0))) == []


def test_silence_around_speech_is_left_out_but_for_a_margin():
    [window] = cut(sound((10, 0), (5, 1), (10, 0)))

    assert window.start_s == pytest.approx(9.8, abs=0.04)
    assert window.end_s == pytest.approx(15.2, abs=0.04)


def test_short_pause_is_kept_and_a_long_one_left_out():
    [window] = cut(sound((4, 1), (1, 0), (4, 1), (40, 0), (4, 1)))

    assert len(window.pieces) == 2
    assert window.duration_s == pytest.approx(4 + 1 + 4 + 4 + 0.4 + 0.6, abs=0.1)
    assert window.moment_s(5.0) == pytest.approx(5.0, abs=0.04)
    assert window.moment_s(11.0) == pytest.approx(11.0 + 40 - 0.4 - 0.6, abs=0.1)
    assert window.end_s == pytest.approx(53, abs=0.04)


def test_window_is_cut_in_the_last_pause_that_fits():
    windows = cut(sound((20, 1), (0.5, 0), (8, 1), (0.5, 0), (8, 1)))

    assert [round(window.start_s) for window in windows] == [0, 29]
    assert all(window.duration_s <= 30 for window in windows)


@pytest.mark.parametrize(("apart_s", "utterances"), [(80, 1), (59, 1), (29, 2), (19, 3)])
def test_window_spans_no_more_than_a_minute_of_the_recording(apart_s, utterances):
    windows = cut(sound(*[(1, 1), (apart_s, 0)] * 6))

    assert [len(window.pieces) for window in windows] == [utterances] * (6 // utterances)


def test_what_was_said_does_not_wait_for_more_for_ever():
    read_s = []

    def blocks():
        for second in range(600):
            read_s.append(second + 1)
            yield sound((1, second == 5))

    window = next(one for one in speech_windows(blocks(), Loudness()) if not one.is_empty)

    assert window.start_s == pytest.approx(4.8, abs=0.04)
    assert read_s[-1] == pytest.approx(5 + 60, abs=4)


def test_empty_windows_tell_how_far_there_is_nothing_to_hear():
    samples = sound((100, 0), (5, 1), (100, 0), (5, 1), (20, 0))

    ends_s = [(window.end_s, window.is_empty) for window in speech_windows([samples], Loudness())]

    assert ends_s == sorted(ends_s)
    assert [round(end_s) for end_s, is_empty in ends_s if not is_empty] == [105, 210]
    assert len([end_s for end_s, is_empty in ends_s if is_empty and end_s < 100]) > 40
    assert len([end_s for end_s, is_empty in ends_s if is_empty and 160 < end_s < 204.81]) > 15


def test_speech_without_a_pause_is_cut_where_it_is_likeliest_to_pause():
    windows = cut(sound((25, 1), (0.1, 0.4), (20, 1)))

    assert windows[0].end_s == pytest.approx(25.05, abs=0.05)
    assert windows[1].start_s == windows[0].end_s


def test_each_cut_of_speech_that_never_pauses_lies_in_the_middle_of_its_dip():
    frame_s = FRAME / RATE_HZ
    samples = sound(*[(780 * frame_s, 1), (frame_s, 0.4)] * 12)

    ends_s = [window.end_s for window in cut(samples)]

    assert ends_s[:10] == pytest.approx([(781 * number - 0.5) * frame_s for number in range(1, 11)], abs=0.001)


def test_every_spoken_sample_is_in_exactly_one_window():
    chance = np.random.default_rng(3)
    stretches = [(chance.uniform(0.2, 12), speaking) for _ in range(40) for speaking in (1, 0)]
    samples = sound(*stretches) * np.linspace(1.0, 0.9, sum(round(s * RATE_HZ) for s, _ in stretches), dtype=np.float32)

    heard = np.concatenate([window.samples for window in cut(samples)])

    assert heard[heard > 0].tolist() == samples[samples > 0].tolist()


def test_last_words_are_heard_wherever_the_recording_ends():
    ends = [2 * BLOCK - 1, 2 * BLOCK, 2 * BLOCK + 1, 2 * BLOCK + FRAME]

    lengths = [len(window.samples) for end in ends for window in cut(np.ones(end, np.float32))]

    assert lengths == ends


def test_a_click_is_no_speech():
    assert cut(sound((5, 0), (0.03, 1), (5, 0))) == []


def test_what_was_heard_before_is_left_out_and_the_rest_keeps_its_times():
    samples = sound((20, 1), (1, 0), (20, 1), (1, 0), (20, 1))
    whole = cut(samples)

    rest = cut(samples, until_s=whole[0].end_s)

    assert len(whole) == 3
    assert [window.start_s for window in rest] == pytest.approx([window.start_s for window in whole[1:]], abs=0.25)


def test_times_count_from_where_the_sound_stands_in_the_recording():
    [window] = cut(sound((5, 0), (5, 1)), start_s=100.0)

    assert window.start_s == pytest.approx(104.8, abs=0.04)
    assert window.end_s == pytest.approx(110, abs=0.04)
