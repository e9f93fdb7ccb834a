import pytest

from pipelines.engines.whisper_decoding import Stretch, TimedWord, Written, best_of, stretches, with_punctuation

FIRST = 1000  # the token of 0.00 s


def at(seconds):
    return FIRST + round(seconds / 0.02)


def test_text_between_two_times_is_a_stretch():
    found, until_s = stretches([at(0.5), 1, 2, at(3.0)], FIRST, 10.0)

    assert found == [Stretch(0.5, 3.0, (1, 2))]
    assert until_s == 10.0


def test_times_side_by_side_part_two_stretches():
    found, until_s = stretches([at(0), 1, at(2), at(2.5), 2, at(4)], FIRST, 10.0)

    assert found == [Stretch(0.0, 2.0, (1,)), Stretch(2.5, 4.0, (2,))]
    assert until_s == 10.0


def test_what_follows_the_last_closed_stretch_is_to_be_heard_again():
    found, until_s = stretches([at(0), 1, at(2), at(2), 2, 3], FIRST, 10.0)

    assert found == [Stretch(0.0, 2.0, (1,))]
    assert until_s == pytest.approx(2.0)


def test_text_behind_a_stretch_of_less_than_a_second_is_kept_where_it_is():
    found, until_s = stretches([at(0), 1, at(0.8), at(0.8), 2, 3], FIRST, 10.0)

    assert found == [Stretch(0.0, 0.8, (1,)), Stretch(0.8, 10.0, (2, 3))]
    assert until_s == 10.0


def test_text_without_times_lasts_as_long_as_the_window():
    assert stretches([1, 2], FIRST, 7.0) == ([Stretch(0.0, 7.0, (1, 2))], 7.0)


def test_no_text_is_no_stretch():
    assert stretches([at(0), at(0)], FIRST, 5.0) == ([Stretch(0.0, 0.0, ())], 5.0)
    assert stretches([], FIRST, 5.0) == ([], 5.0)


def test_times_never_lie_behind_the_window():
    found, _ = stretches([at(0), 1, at(9), at(9), 2, at(29)], FIRST, 10.0)

    assert found[-1].end_s == 10.0


def written(text, likelihood, no_speech=0.0, temperature=0.0):
    return Written((1,), text, likelihood, no_speech, temperature)


def test_loops_and_unlikely_text_may_not_stand():
    assert written("so the ferry left at noon", -0.3).is_good
    assert not written("no " * 100, -0.1).is_good
    assert not written("mumble", -1.5).is_good


def test_unlikely_text_where_speech_is_unlikely_is_silence():
    assert written("Thank you.", -1.5, no_speech=0.9).is_silence
    assert not written("Thank you.", -0.2, no_speech=0.9).is_silence


def test_likeliest_try_that_is_no_loop_is_taken():
    tries = [written("no " * 100, -0.1), written("a", -2.0), written("b", -1.2)]

    assert best_of(tries).text == "b"
    assert best_of(tries[:1]).text.startswith("no no")


def test_marks_are_joined_to_the_words_they_belong_to():
    words = [
        TimedWord(text, number, number + 1, 0.9) for number, text in enumerate([" He", " said", " “", "yes", "”", "."])
    ]

    joined = with_punctuation(words)

    assert [word.text for word in joined] == [" He", " said", " “yes”."]
    assert (joined[-1].start_s, joined[-1].end_s) == (3, 4)
