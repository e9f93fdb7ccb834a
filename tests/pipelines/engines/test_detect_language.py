"""Which language a text is in."""

import pytest

from pipelines.engines.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The colony turns nectar into honey.", "en"),
        ("Das Volk macht aus Nektar Honig.", "de"),
        ("Las abejas viven en grandes colonias\ny hacen la miel con el néctar de las flores.", "es"),
        ("机器学习是人工智能的一个分支。", "zh"),
        ("למידת מכונה היא תחום חשוב.", "he"),
        ("\ud800 The colony turns nectar into honey.", "en"),
    ],
)
def test_language_is_detected(text: str, language: str) -> None:
    found = detect_language(text)

    assert found == language


@pytest.mark.parametrize("text", ["", "   ", "123 456", "😀🎉", "\ud800"])
def test_text_without_letters_is_undetermined(text: str) -> None:
    found = detect_language(text)

    assert found == "und"


def test_middle_of_a_long_text_decides() -> None:
    text = "Une page de titre en français. " * 3 + "The colony turns nectar into honey. " * 1000

    found = detect_language(text)

    assert found == "en"
