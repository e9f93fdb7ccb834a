"""What a recogniser tells from left to right is given as it is spoken."""

import pytest

from pipelines.engines.text_direction import logical_order

# Each line as it is spoken, letter after letter, and as it stands on paper, from left to right.
SPOKEN = "مرحبا بكم"
ON_PAPER = "مكب ابحرم"


@pytest.mark.parametrize("line", ["", "Total due: 1,284.50 (net)", "١٢٣", "漢字", "12/05 - 13/05"])
def test_line_without_letters_from_the_right_stays_as_it_is(line: str) -> None:
    assert logical_order(line) == line


def test_line_from_the_right_begins_with_its_rightmost_letter() -> None:
    assert logical_order(ON_PAPER) == SPOKEN


def test_hebrew_is_turned_round_too() -> None:
    assert logical_order("םולש") == "שלום"


@pytest.mark.parametrize("number", ["1284", "١٢٨٤", "1,284.50", "12:30"])
def test_number_keeps_its_order_in_a_line_from_the_right(number: str) -> None:
    assert logical_order(f"لاير {number} نمثلا") == f"الثمن {number} ريال"


def test_words_from_the_left_keep_theirs() -> None:
    assert logical_order("مويلا CT 2 تلصو") == "وصلت CT 2 اليوم"


def test_brackets_open_where_speech_comes_to_them_first() -> None:
    assert logical_order("مكب (ابحرم)") == "(مرحبا) بكم"


def test_mark_stays_upon_its_letter() -> None:
    fatha = "\u064e"

    assert logical_order(f"ب{fatha}ت{fatha}ك") == f"كت{fatha}ب{fatha}"


def test_line_mostly_from_the_left_keeps_its_order_around_a_word_from_the_right() -> None:
    assert logical_order("The word ابحرم means welcome") == "The word مرحبا means welcome"
