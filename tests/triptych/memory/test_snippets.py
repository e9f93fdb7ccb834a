from triptych.memory.snippets import SNIPPET_CHARACTERS, snippet
from triptych.memory.words import wanted


def marked(text: str, question: str, language: str = "en") -> list[str]:
    """What is marked."""
    shown, marks = snippet(text, language, wanted(question))
    return [shown[start:end] for start, end in marks]


def test_words_are_marked_in_their_other_forms() -> None:
    assert marked("Houses, a HOUSE, a housing and a Café", "house cafe") == ["Houses", "HOUSE", "housing", "Café"]


def test_phrases_and_beginnings_are_marked() -> None:
    assert marked("fox, brown fox, a photograph", '"brown fox" photo*') == ["brown", "fox", "photograph"]


def test_pairs_that_overlap_are_one_mark() -> None:
    assert marked("明日は東京都に行く", "東京都", "ja") == ["東京都"]


def test_the_piece_with_most_marks_is_shown_in_whole_words() -> None:
    text = (
        "A harbour. " + "nothing here " * 100 + "The harbour, its ships and the harbour's master. " + "or there " * 100
    )

    shown, marks = snippet(text, "en", wanted("harbour ships"))

    assert [shown[start:end] for start, end in marks] == ["harbour", "ships", "harbour"]
    assert len(shown) <= SNIPPET_CHARACTERS
    assert (shown.split()[0], shown.split()[-1]) in {("nothing", "there"), ("here", "there"), ("here", "or")}
    assert shown in text


def test_without_words_the_beginning_is_shown() -> None:
    shown, marks = snippet("word " * 100, "en", wanted(""))

    assert (shown.startswith("word word"), marks) == (True, [])
    assert len(shown) <= SNIPPET_CHARACTERS


def test_a_text_without_a_space_is_shown_as_well() -> None:
    shown, marks = snippet("x" * 10_000, "en", wanted("y"))

    assert (len(shown), marks) == (SNIPPET_CHARACTERS, [])
