"""A transcript as running text, and as a table that a spreadsheet opens."""

import csv
import io

import pytest

from pipelines.contract import EngineUsed
from pipelines.media.transcript import Segment, Transcript, as_csv


def rows(*segments):
    table = as_csv(Transcript("en", 10.0, EngineUsed("ctranslate2", "base"), segments))
    return list(csv.reader(io.StringIO(table, newline="")))[1:]


def test_table_holds_text_with_commas_quotes_and_lines_in_one_field():
    text = 'He said "no, never",\nand left.'

    assert rows(Segment(0.5, 2.25, text, 0.9)) == [["0.500", "2.250", "0.9", text]]


def test_confidence_that_is_not_known_is_an_empty_field():
    assert rows(Segment(0.0, 1.0, "Yes.")) == [["0.000", "1.000", "", "Yes."]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.com")'])
def test_text_that_a_spreadsheet_would_take_for_a_formula_begins_with_a_quote(text):
    assert rows(Segment(0.0, 1.0, text)) == [["0.000", "1.000", "", f"'{text}"]]


@pytest.mark.parametrize("text", ["1=1", "a-b", "'quoted'"])
def test_other_text_stays_as_it_is(text):
    assert rows(Segment(0.0, 1.0, text)) == [["0.000", "1.000", "", text]]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (("Guten Tag.", "Danke."), "Guten Tag. Danke."),
        (("今天很好。", "我们走吧"), "今天很好。我们走吧"),
        (("他说\u201c好\u201d", "然后走了"), "他说\u201c好\u201d然后走了"),
        (("我想……", "\u201c好\u201d", "……", "走吧"), "我想……\u201c好\u201d……走吧"),
        (("He said \u201cOK\u201d", "然后走了"), "He said \u201cOK\u201d 然后走了"),
        (("他说\u201c好\u201d", "Then…"), "他说\u201c好\u201d Then…"),
        (("「はい」", "ソウデスカ", "﨑さん"), "「はい」ソウデスカ﨑さん"),
        (("안녕하세요.", "반갑습니다."), "안녕하세요. 반갑습니다."),
        (("สวัสดีครับ", "วันนี้อากาศดี"), "สวัสดีครับ วันนี้อากาศดี"),
        (("ສະບາຍດີ", "ຂອບໃຈ"), "ສະບາຍດີ ຂອບໃຈ"),
        (("សួស្តី។", "អរគុណ។"), "សួស្តី។ អរគុណ។"),
        (("မင်္ဂလာပါ။", "ကျေးဇူးပါ။"), "မင်္ဂလာပါ။ ကျေးဇူးပါ။"),
        (("我们用", "Python", "写"), "我们用 Python 写"),
        (("", "Ja."), "Ja."),
        ((), ""),
    ],
)
def test_running_text_has_spaces_where_the_script_puts_them(said, text):
    segments = [Segment(float(number), number + 1.0, one) for number, one in enumerate(said)]

    assert Transcript("und", 10.0, EngineUsed("ctranslate2", "base"), segments).text == text
