"""The measurement of pictures and that of sentences run through, on little."""

import pytest

from bench import images, sentences

pytestmark = pytest.mark.engine


def test_pictures_are_measured_one_by_one_and_several_at_a_time() -> None:
    [table] = images.tables(["--model", "test_vit", "--pictures", "4", "--rounds", "1"])

    assert [row[0] for row in table.rows] == ["timm in a loop", *(f"Triptych, {n} at a time" for n in (1, 8, 32))]
    assert all(float(str(row[1])) > 0 for row in table.rows)


@pytest.mark.filterwarnings("default")  # sentence-transformers' own imports warn
def test_sentences_are_measured_beside_the_same_lists_of_sentence_transformers() -> None:
    [table] = sentences.tables(["--sentences", "8", "--rounds", "1"])

    assert len(table.rows) == 7
    assert all(
        str(row[2]).startswith("sentence-transformers") and str(row[2]).endswith(str(row[0]).partition(", ")[2])
        for row in table.rows[:6]
    )
