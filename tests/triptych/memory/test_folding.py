import pytest

from triptych.memory.folding import MAX_WORD_CHARACTERS, words_of


def folded(text: str) -> list[str]:
    """The words of the text as they are compared."""
    return [word.folded for word in words_of(text)]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Café naïve Ångström Łódź", ["cafe", "naive", "angstrom", "lodz"]),
        ("Straße ﬁne ½ don't", ["strasse", "fine", "1", "2", "don", "t"]),
        ("Donau\u00adschiff می‌خواهم", ["donauschiff", "میخواهم"]),
        ("İstanbul ISTANBUL ısı", ["istanbul", "istanbul", "isi"]),  # noqa: RUF001
        ("e\u0301cole \u00e9cole", ["ecole", "ecole"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("مُحَمَّد", ["محمد"]),
        ("ёлка ЙОД", ["елка", "иод"]),
        ("東京都", ["東京", "京都", "都"]),
        ("ｶﾞｷﾞ ガギ", ["ガギ", "ギ", "ガギ", "ギ"]),
        ("iPhoneを買う", ["iphone", "を買", "買う", "う"]),
        ("a_b-c.d \x00 \ud800 \U0001f600 \u0301", ["a", "b", "c", "d"]),
        ("x" * 1000, ["x" * MAX_WORD_CHARACTERS]),
    ],
)
def test_words_are_compared_however_they_are_written(written: str, words: list[str]) -> None:
    assert folded(written) == words


def test_words_know_where_they_stand_in_what_was_written() -> None:
    text = "Über ﬁne ½ ｶﾞｷﾞ"

    stand = [text[word.start : word.end] for word in words_of(text)]

    assert stand == ["Über", "ﬁne", "½", "½", "ｶﾞｷﾞ", "ｷﾞ"]


def test_plain_letters_are_cut_as_all_others() -> None:
    text = "The QUICK_brown fox's 2nd-best friend " + "y" * 100

    alone, beside_others = list(words_of(text)), list(words_of(f"{text} é"))

    assert alone == beside_others[:-1]
