"""Segments and the words in them, whatever a model told of the times of both."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from pipelines.media.transcript import Segment, Word
from pipelines.media.turns import Turn, with_speakers
from pipelines.media.word_times import agreed

MOMENTS_S = some.floats(0, 60, allow_nan=False)
WORDS = some.builds(Word, some.just("hm"), MOMENTS_S, MOMENTS_S, some.just(0.9))
SEGMENTS = some.builds(Segment, MOMENTS_S, MOMENTS_S, some.just("hm"), words=some.lists(WORDS, max_size=5).map(tuple))


def said(start_s, end_s, *words):
    return Segment(start_s, end_s, "hm", words=tuple(Word("hm", *times, 0.9) for times in words))


def times(segment):
    return (segment.start_s, segment.end_s), [(word.start_s, word.end_s) for word in segment.words]


def hold_together(segment):
    moments_s = [moment_s for word in segment.words for moment_s in (word.start_s, word.end_s)]
    moments_s = [segment.start_s, *moments_s, segment.end_s]
    return moments_s == sorted(moments_s)


@given(some.lists(SEGMENTS, max_size=4))
def test_words_follow_each_other_within_their_segment(segments):
    found = list(agreed(segments))

    assert len(found) == len(segments)
    assert all(map(hold_together, found))


@given(some.lists(SEGMENTS, max_size=4))
def test_no_speaker_ends_before_they_begin(segments):
    turns = [Turn(0.0, 20.0, "S1"), Turn(20.0, 40.0, "S2"), Turn(40.0, 60.0, "S1")]

    assert all(map(hold_together, with_speakers(segments, turns)))


@given(SEGMENTS, some.floats(0, 60))
def test_nothing_is_left_behind_the_end_of_the_recording(segment, end_s):
    [found] = agreed([segment])

    held = found.until(end_s)

    assert held.end_s <= end_s
    assert hold_together(held)


def test_segment_reaches_from_its_first_word_to_its_last():
    [found] = agreed([said(3.8, 5.0, (3.7, 4.1), (4.1, 5.2))])

    assert times(found) == ((3.7, 5.2), [(3.7, 4.1), (4.1, 5.2)])


def test_segment_and_words_that_agree_stay_as_they_are():
    segments = [said(0.0, 2.0, (0.1, 0.5), (0.9, 1.8)), Segment(1.5, 3.0, "hm"), said(4.0, 5.0, (4.0, 5.0))]

    assert list(agreed(segments)) == segments


def test_word_that_takes_in_the_pause_behind_it_is_cut_to_a_usual_length():
    [found] = agreed([said(0.0, 1.2, (0.0, 0.3), (0.3, 0.6), (0.6, 0.9), (1.25, 4.0))])

    assert found.words[-1].end_s == 1.55
    assert found.end_s == 1.55


def test_word_that_takes_in_the_pause_before_it_is_cut_to_a_usual_length():
    [found] = agreed([said(3.0, 4.2, (0.0, 3.3), (3.3, 3.7), (3.7, 4.2))])

    assert times(found)[0] == (2.8, 4.2)
    assert found.words[0].end_s == 3.3


def test_segment_does_not_reach_back_into_the_words_of_the_one_before():
    found = list(agreed([said(0.0, 2.0, (0.0, 1.0), (1.0, 2.3)), said(2.2, 3.0, (2.1, 2.6), (2.6, 3.0))]))

    assert [one.end_s <= following.start_s for one, following in pairwise(found)] == [True]
