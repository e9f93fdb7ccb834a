import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.media.subtitles import Layout, as_srt, as_vtt, cues
from pipelines.media.transcript import Segment, Word

LONG = (
    "The ferry left at noon, as it had every day since the war. Nobody was on the quay but the baker's boy, who waved "
    "until it was out of sight and then went home to tell what he had seen."
)


def timed(text, start_s=0.0, a_word_s=0.3):
    words = tuple(
        Word(word, start_s + number * a_word_s, start_s + (number + 1) * a_word_s, 0.9)
        for number, word in enumerate(text.split())
    )
    return Segment(words[0].start_s, words[-1].end_s, text, 0.9, words)


def test_long_segment_becomes_subtitles_of_two_lines_that_are_cut_where_sentences_end():
    found = cues([timed(LONG)], Layout())

    assert " ".join(found[0].lines) == "The ferry left at noon, as it had every day since the war."
    assert " ".join(line for cue in found for line in cue.lines) == LONG
    assert all(len(cue.lines) <= 2 and max(map(len, cue.lines)) <= 42 for cue in found)


def test_subtitle_comes_with_its_first_word_and_goes_with_its_last():
    found = cues([timed(LONG, start_s=5.0)], Layout())

    assert found[0].start_s == 5.0
    assert found[0].end_s == pytest.approx(5.0 + 13 * 0.3 - 0.083)  # the next follows at once: two frames earlier
    assert found[-1].end_s == pytest.approx(5.0 + len(LONG.split()) * 0.3)


def test_short_subtitle_stays_long_enough_to_be_read_but_never_into_the_next():
    segments = [Segment(0.0, 0.3, "Yes."), Segment(0.6, 0.8, "No."), Segment(10.0, 10.2, "Why?")]

    found = cues(segments, Layout(shortest_s=1.0, gap_s=0.1))

    assert [(cue.start_s, round(cue.end_s, 3)) for cue in found] == [(0.0, 0.5), (0.6, 1.6), (10.0, 11.0)]


def test_segment_that_lasts_too_long_is_cut_in_time():
    found = cues([Segment(0.0, 20.0, "one two three four five six")], Layout(longest_s=7.0))

    assert all(cue.end_s - cue.start_s <= 7.0 for cue in found)
    assert [line for cue in found for line in cue.lines] == ["one two", "three", "four", "five six"]


def test_lines_of_a_subtitle_are_about_as_long_as_each_other():
    [cue] = cues([Segment(0.0, 5.0, "Nobody was on the quay but the baker's boy who waved")], Layout())

    assert cue.lines == ("Nobody was on the quay but", "the baker's boy who waved")


def test_word_longer_than_a_line_has_a_line_of_its_own():
    found = cues([Segment(0.0, 3.0, "a Donaudampfschifffahrtsgesellschaft b")], Layout(line_characters=10, lines=1))

    assert [cue.lines for cue in found] == [("a",), ("Donaudampfschifffahrtsgesellschaft",), ("b",)]


def test_script_without_spaces_is_cut_between_characters():
    found = cues([Segment(0.0, 6.0, "今日は天気がいいので散歩に行きましょう")], Layout(line_characters=10, lines=1))

    assert all(len(cue.lines[0]) <= 10 for cue in found)
    assert "".join(cue.lines[0] for cue in found) == "今日は天気がいいので散歩に行きましょう"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("今天天气很好\uff0c我们去公园吧。", ("今天天气很好\uff0c", "我们去公园吧。")),
        ("私はPythonが好きです。", ("私はPython", "が好きです。")),
        ("the letter 字 is", ("the letter", "字 is")),
        ("这是 2026年的AI 技术。", ("这是 2026年", "的AI 技术。")),
    ],
)
def test_spaces_of_a_text_stay_and_none_is_added_between_characters(text, lines):
    [cue] = cues([Segment(0.0, 5.0, text)], Layout(line_characters=10))

    assert cue.lines == lines


@pytest.mark.parametrize("text", ["あいうえおかきくけこ。", "あいうえおかきくけ「こ」", "あいうえおかきくけこー"])
def test_no_line_begins_or_ends_with_a_mark_that_belongs_to_the_other(text):
    found = cues([Segment(0.0, 5.0, text)], Layout(line_characters=10, lines=1))

    assert "".join(cue.lines[0] for cue in found) == text
    assert not any(cue.lines[0].startswith(("。", "」", "ー")) or cue.lines[0].endswith("「") for cue in found)


def test_timed_words_of_a_script_without_spaces_are_joined_as_they_were_written():
    words = tuple(
        Word(text, at, at + 1.0, 0.9) for at, text in enumerate(["我", "用", "Python", "写", "AI", "tools。"])
    )

    [cue] = cues([Segment(0.0, 6.0, "我用Python 写AI tools。", 0.9, words)], Layout())

    assert cue.lines == ("我用Python 写AI tools。",)


def test_timed_word_longer_than_a_line_is_cut_where_its_script_puts_no_spaces():
    word = Word("今天天气很好我们去公园吧", 1.0, 7.0, 0.9)

    found = cues([Segment(0.0, 8.0, word.text, 0.9, (word,))], Layout(line_characters=6, lines=1, gap_s=0.0))

    assert [(cue.start_s, cue.end_s, cue.lines) for cue in found] == [
        (1.0, 4.0, ("今天天气很好",)),
        (4.0, 7.0, ("我们去公园吧",)),
    ]


@pytest.mark.parametrize("syllable", ["か\u3099", "ก\u0e34", "เก\u0e47า", "葛\U000e0100"])
def test_accents_tones_and_vowels_stay_with_their_characters(syllable):
    found = cues([Segment(0.0, 12.0, syllable * 12)], Layout(line_characters=10, lines=1))

    assert "".join(line for cue in found for line in cue.lines) == syllable * 12
    assert {cue.lines[0].replace(syllable, "") for cue in found} == {""}
    assert all(len(cue.lines[0]) <= 10 for cue in found)


@given(st.text("字は、。「」a1 ", min_size=1, max_size=120), st.integers(10, 42), st.integers(1, 3))
def test_mixed_scripts_keep_to_the_lines_and_lose_nothing(text, line_characters, lines):
    found = cues([Segment(0.0, 20.0, text)], Layout(line_characters, lines))

    assert "".join(line for cue in found for line in cue.lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(cue.lines) <= lines for cue in found)
    longest_word = max(map(len, re.findall("[a1]+.{0,4}", text)), default=0)
    assert all(len(line) <= max(line_characters, longest_word) for cue in found for line in cue.lines)


def test_files_hold_no_text_that_would_be_taken_for_their_own_marks():
    found = cues([Segment(0.0, 2.0, "a --> b & <i>c</i>")], Layout())

    assert as_srt(found) == "1\n00:00:00,000 --> 00:00:02,000\na -> b & <i>c</i>\n\n"
    assert as_vtt(found) == "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\na -&gt; b &amp; &lt;i&gt;c&lt;/i&gt;\n\n"


@pytest.mark.parametrize(
    ("segments", "times_s"),
    [
        ([Segment(3.0, 3.0, "Hello."), Segment(3.0, 5.0, "There.")], [(3.0, 3.9), (4.0, 5.0)]),
        ([Segment(3.0, 4.0, "Hello."), Segment(2.5, 5.0, "There.")], [(3.0, 3.9), (4.0, 5.0)]),
        ([Segment(1.0, 1.0, "One."), Segment(1.0, 1.0, "Two."), Segment(9.0, 10.0, "x")], [(1, 2), (5, 6), (9, 10)]),
        ([Segment(1.0, 1.0, "One."), Segment(1.0, 1.0, "Two.")], [(1.0, 1.9), (2.0, 3.0)]),
    ],
)
def test_subtitles_that_would_come_at_one_moment_share_the_time_to_the_next(segments, times_s):
    found = cues(segments, Layout(shortest_s=1.0, gap_s=0.1))

    assert [(round(cue.start_s, 3), round(cue.end_s, 3)) for cue in found] == times_s


def test_many_words_of_one_moment_are_seen_one_subtitle_after_the_other():
    found = cues([Segment(1.0, 1.0, "word " * 60), Segment(1.0, 2.0, "next one")], Layout())

    assert len(found) > 3
    assert all(cue.end_s - cue.start_s == pytest.approx(0.75) for cue in found[:-1])


def moments_s(file):
    """The beginnings and ends that a file of SubRip tells, in its order."""
    return [
        int(hours) * 3600 + int(minutes) * 60 + float(f"{seconds}.{ms}")
        for hours, minutes, seconds, ms in re.findall(r"(\d+):(\d\d):(\d\d),(\d{3})", file)
    ]


@given(
    st.lists(
        st.tuples(
            st.text("ab .,字", min_size=1, max_size=200),
            st.sampled_from([-2.0, -0.0005, 0.0, 0.0, 0.0004, 0.03]) | st.floats(-3, 3),
            st.sampled_from([0.0, 0.0, 0.0003]) | st.floats(0, 20),
        ),
        max_size=8,
    ),
    st.builds(Layout, st.integers(10, 60), st.integers(1, 3), st.floats(0, 5), st.floats(1, 30), st.floats(0, 1)),
)
def test_subtitles_never_overlap_and_lose_no_word(told, layout):
    segments, at_s = [], 10.0
    for text, pause_s, length_s in told:
        start_s = max(at_s + pause_s, 0.0)
        segments.append(Segment(start_s, start_s + length_s, text))
        at_s = start_s + length_s

    found = cues(segments, layout)

    times_s = moments_s(as_srt(found))
    assert all(start_s < end_s for start_s, end_s in zip(times_s[::2], times_s[1::2], strict=True))
    assert all(end_s <= start_s for end_s, start_s in zip(times_s[1::2], times_s[2::2], strict=False))
    assert all(cue.end_s - cue.start_s <= max(layout.longest_s, layout.shortest_s) + 1e-6 for cue in found)
    assert all(len(cue.lines) <= layout.lines for cue in found)
    assert "".join("".join(cue.lines) for cue in found).replace(" ", "") == "".join(
        segment.text.replace(" ", "") for segment in segments
    )
