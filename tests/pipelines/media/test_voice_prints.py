"""Prints of made voices: each a direction of its own, with noise."""

import json

import numpy as np
import pytest

from pipelines.media.voice_prints import MOST_GROUPS, HowMany, VoicePrints

DIMENSIONS = 32


def printed(voices, noise=0.5, seed=3):
    """Prints of windows, three quarters of a second apart, in which the voices of these numbers speak."""
    chance = np.random.default_rng(seed)
    prints = VoicePrints()
    for number, voice in enumerate(voices):
        direction = np.eye(DIMENSIONS)[voice] + chance.normal(0, noise / np.sqrt(DIMENSIONS), DIMENSIONS)
        prints.add(0.75 * number, 0.75 * number + 1.5, direction.astype(np.float32))
    return prints


def test_voices_are_numbered_in_the_order_in_which_they_appear():
    voices = [7] * 6 + [2] * 5 + [7] * 4 + [9] * 8

    found = printed(voices).speakers(HowMany())

    assert found == [0] * 6 + [1] * 5 + [0] * 4 + [2] * 8


def test_nobody_speaks_where_nothing_was_heard():
    assert VoicePrints().speakers(HowMany()) == []


def test_a_few_windows_of_a_long_recording_are_nobody_of_their_own():
    voices = [0] * 40 + [1] + [0] * 20 + [2] * 40

    found = printed(voices).speakers(HowMany())

    assert set(found) == {0, 1}
    assert found[:40] == [0] * 40
    assert found[61:] == [1] * 40


def test_no_more_speakers_are_told_than_there_may_be():
    voices = [0, 1, 2, 3] * 10

    found = printed(voices).speakers(HowMany(most=2))

    assert len(set(found)) == 2


def test_voices_that_pass_for_one_are_parted_where_more_are_known_to_be_there():
    twins = np.zeros((24, DIMENSIONS), np.float32)
    twins[:, 0], twins[::2, 1], twins[1::2, 2] = 1.0, 0.5, 0.5
    prints = VoicePrints()
    for number, twin in enumerate(twins):
        prints.add(number, number + 1.5, twin)

    assert set(prints.speakers(HowMany())) == {0}
    assert prints.speakers(HowMany(least=2)) == [0, 1] * 12


def test_a_single_window_is_one_speaker_however_many_are_asked_for():
    assert printed([4]).speakers(HowMany(least=3, most=3)) == [0]


def test_recording_that_is_too_long_to_hold_every_print_is_told_apart_just_as_well():
    voices = [number // 25 % 4 for number in range(3 * MOST_GROUPS)]

    prints = printed(voices)

    assert len(prints.sums) <= MOST_GROUPS
    assert prints.speakers(HowMany()) == voices


@pytest.mark.parametrize("length", [0, 30, MOST_GROUPS + 200])
def test_prints_that_were_put_down_as_json_go_on_as_they_were(length):
    voices = [number // 10 % 3 for number in range(length + 100)]
    whole = printed(voices)
    prints = printed(voices[:length])

    resumed = VoicePrints.of(json.loads(json.dumps(prints.state())))
    for number in range(length, length + 100):
        resumed.add(0.75 * number, 0.75 * number + 1.5, np.eye(DIMENSIONS, dtype=np.float32)[voices[number]])

    assert (len(resumed), resumed.starts_ms, resumed.ends_ms) == (len(whole), whole.starts_ms, whole.ends_ms)
    assert resumed.speakers(HowMany()) == whole.speakers(HowMany())
