"""Words that were labelled one by one are joined to names."""

import pytest

from pipelines.engines.labelled_words import EntityJoiner, LabelledWord


def words(labels: str) -> list[LabelledWord]:
    return [LabelledWord(label, place * 10, place * 10 + 5, 0.5) for place, label in enumerate(labels.split())]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ("B-PER I-PER O B-LOC", [("PER", 0, 15), ("LOC", 30, 35)]),
        ("B-PER B-PER", [("PER", 0, 5), ("PER", 10, 15)]),
        ("I-PER I-PER I-LOC", [("PER", 0, 15), ("LOC", 20, 25)]),
        ("B-PER I-PER E-PER S-PER", [("PER", 0, 25), ("PER", 30, 35)]),
        ("PLACE PLACE O", [("PLACE", 0, 15)]),
        ("B-work-of-art I-work-of-art", [("work-of-art", 0, 15)]),
        ("O O", []),
    ],
)
def test_names_are_what_the_labels_say(labels: str, names: list[tuple[str, int, int]]) -> None:
    joiner = EntityJoiner()

    found = [*joiner.joined(words(labels)), *joiner.rest()]

    assert [(entity.label, entity.start, entity.end) for entity in found] == names


def test_name_that_goes_on_in_the_next_window_is_one() -> None:
    joiner = EntityJoiner()
    first, second, after = words("B-ORG I-ORG O")

    before = joiner.joined([first])
    found = joiner.joined([second, after])

    assert before == []
    assert [(entity.start, entity.end) for entity in found] == [(0, 15)]


def test_score_is_the_mean_of_the_words() -> None:
    joiner = EntityJoiner()

    joiner.joined([LabelledWord("B-PER", 0, 3, 0.5), LabelledWord("I-PER", 4, 9, 1.0)])

    assert joiner.rest()[0].score == 0.75
