from dataclasses import replace

from pipelines.media.transcript import Segment, Word
from pipelines.media.turns import Turn, Windowed, turns_of, with_speakers


def windows(speakers, start_s=0.0):
    """Overlapping windows of a stretch of speech without a pause."""
    return [Windowed(start_s + 0.75 * at, start_s + 0.75 * at + 1.5, speaker) for at, speaker in enumerate(speakers)]


def timed(text, start_s, a_word_s=0.5):
    words = [
        Word(word, start_s + number * a_word_s, start_s + (number + 1) * a_word_s, 0.9)
        for number, word in enumerate(text.replace("\u3001", "\u3001 ").split())
    ]
    return Segment(words[0].start_s, words[-1].end_s, text, 0.9, tuple(words))


def test_turn_ends_halfway_between_the_middles_of_two_windows():
    found = turns_of(windows([4, 4, 4, 1, 1, 1]))

    assert found == [Turn(0.0, 2.625, "S1"), Turn(2.625, 5.25, "S2")]


def test_speakers_are_named_in_the_order_in_which_they_appear():
    found = turns_of([*windows([3, 3]), *windows([0, 0], start_s=10), *windows([3, 3], start_s=20)])

    assert [turn.speaker for turn in found] == ["S1", "S2", "S1"]


def test_window_unlike_those_around_it_makes_no_turn():
    found = turns_of(windows([0, 0, 0, 1, 0, 0, 0]))

    assert found == [Turn(0.0, 6.0, "S1")]


def test_short_answer_between_pauses_is_a_turn():
    found = turns_of([*windows([0, 0, 0]), Windowed(5.0, 5.6, 1), *windows([0, 0], start_s=8)])

    assert [(turn.start_s, turn.end_s, turn.speaker) for turn in found[1:2]] == [(5.0, 5.6, "S2")]


def test_voice_that_was_smoothed_away_takes_no_name():
    found = turns_of([*windows([0, 2, 0, 0]), *windows([1, 1, 1], start_s=10)])

    assert [turn.speaker for turn in found] == ["S1", "S2"]


TURNS = [Turn(0.0, 2.0, "S1"), Turn(2.0, 4.0, "S2"), Turn(10.0, 12.0, "S1")]


def test_segment_with_timed_words_is_cut_where_another_goes_on():
    segment = timed("Are you there? Yes, I am.", 0.5)

    found = with_speakers([segment], TURNS)

    assert [(one.speaker, one.text) for one in found] == [("S1", "Are you there?"), ("S2", "Yes, I am.")]
    assert [(one.start_s, one.end_s) for one in found] == [(0.5, 2.0), (2.0, 3.5)]
    assert [word.text for one in found for word in one.words] == segment.text.split()


def test_each_piece_of_a_segment_that_is_cut_is_as_sure_as_its_own_words():
    segment = timed("Are you there? Yes, I am.", 0.5)
    unsure = [replace(word, probability=0.4) if word.start_s > 2.4 else word for word in segment.words]

    found = with_speakers([replace(segment, confidence=0.733, words=tuple(unsure))], TURNS)

    assert [one.confidence for one in found] == [0.9, 0.567]


def test_script_without_spaces_is_cut_as_it_is_written():
    segment = timed("\u306f\u3044\u3001\u305d\u3046\u3067\u3059", 1.5)

    found = with_speakers([segment], TURNS)

    assert [(one.speaker, one.text) for one in found] == [
        ("S1", "\u306f\u3044\u3001"),
        ("S2", "\u305d\u3046\u3067\u3059"),
    ]


def test_segment_without_times_of_words_is_of_whoever_speaks_longest():
    found = with_speakers([Segment(0.0, 1.5, "Are you?"), Segment(1.5, 4.0, "Yes, I am.")], TURNS)

    assert [(one.speaker, one.text) for one in found] == [("S1", "Are you?"), ("S2", "Yes, I am.")]


def test_first_who_has_a_segment_is_the_first_speaker():
    found = with_speakers([Segment(1.5, 4.0, "Yes, I am."), Segment(10.0, 12.0, "Well.")], TURNS)

    assert [one.speaker for one in found] == ["S1", "S2"]


def test_segment_just_beside_a_turn_is_of_it_and_one_far_from_all_is_nobodys():
    found = with_speakers([Segment(4.2, 4.8, "Hm."), Segment(6.0, 7.0, "?"), Segment(9.2, 9.6, "So.")], TURNS)

    assert [one.speaker for one in found] == ["S1", None, "S2"]


def test_word_far_from_every_turn_is_of_whoever_spoke_before():
    segment = timed("a b c d e f g h i j k l m n", 3.0)

    found = with_speakers([segment], TURNS)

    assert [(one.speaker, one.text) for one in found] == [("S1", "a b c d e f g h i j k l"), ("S2", "m n")]


def test_nobody_is_named_where_there_are_no_turns():
    assert [one.speaker for one in with_speakers([timed("a b", 0.0)], [])] == [None]
