"""Windows in one pass of Whisper on CTranslate2: what is hard to write down holds up nobody else."""

import numpy as np
import pytest
from checkpoints.spoken_digits import RATE_HZ, recited

from pipelines.engines.ct2_model import Ct2Whisper
from pipelines.engines.ct2_windows import Again, Answer, Asked
from pipelines.engines.whisper_decoding import TEMPERATURES

pytestmark = pytest.mark.engine


@pytest.fixture
def passes():
    return []


@pytest.fixture
def model(digit_models, passes):
    return Ct2Whisper(digit_models / "faster-whisper" / "tiny", passes.append)


@pytest.fixture(scope="module")
def clear():
    """Three digits."""
    [phrase] = recited([("en", (3, 1, 4))])
    return asked(np.concatenate([np.zeros(RATE_HZ // 2, np.float32), phrase.samples]))


@pytest.fixture(scope="module")
def unclear():
    """A chord that comes and goes, in which no words are likely."""
    t = np.arange(20 * RATE_HZ) / RATE_HZ
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (220, 277.2, 329.6)) / 6 * (np.sin(4 * np.pi * t) > 0)
    return asked(chord.astype(np.float32))


def asked(samples):
    return Asked(samples, "en", "transcribe", (), 1, word_times=False)


def nothing_to_check():
    pass


def test_clear_window_is_answered_before_an_unclear_one_beside_it_is_tried_again(model, passes, clear, unclear):
    answer, again = model.batcher.do([clear, unclear], nothing_to_check)

    assert (type(answer), answer.written.text, answer.written.temperature) == (Answer, "three one four", 0.0)
    assert (type(again), again.asked.temperature) == (Again, TEMPERATURES[1])
    assert [one.size for one in passes] == [2]


def test_unclear_window_is_tried_again_by_itself_until_it_may_stand(model, passes, clear, unclear):
    answers = model.write([clear, unclear], nothing_to_check)

    assert answers[0].written.text == "three one four"
    assert [one.size for one in passes] == [2, *[1] * (len(passes) - 1)]
    assert 1 < len(passes) <= len(TEMPERATURES)
    assert answers[1].written.is_good or len(passes) == len(TEMPERATURES)


def test_windows_of_different_temperatures_share_no_pass(model, passes, clear, unclear):
    [_, again] = model.batcher.do([clear, unclear], nothing_to_check)

    model.batcher.do([again.asked, clear], nothing_to_check)

    assert [one.size for one in passes] == [2, 1, 1]
