"""Pages whose text is known, and how wrongly they were read."""

import random

import numpy as np
import pytest
from PIL import Image

from bench.edits import edits
from bench.known_pages import fonts, noisy, one_column, table, turned, two_columns
from bench.reading import Layout, Wrong, conditions, tables

TYPE = next(iter(fonts().values()))


@pytest.mark.parametrize(
    ("truth", "understood", "expected"),
    [("", "", 0), ("ship", "ship", 0), ("ship", "sip", 1), ("ship", "shipp", 1), ("ship", "skip", 1), ("ship", "", 4)],
)
def test_edits_are_the_fewest_that_lead_back_to_the_truth(truth: str, understood: str, expected: int) -> None:
    assert edits(truth, understood) == expected


def test_wrong_are_the_characters_and_the_words_that_must_be_changed() -> None:
    wrong = Wrong.of("Total due\n12.50", "Total  duo 12.50")

    assert wrong == Wrong(characters_wrong=1, characters=15, words_wrong=1, words=3)


@pytest.mark.parametrize("layout", [one_column, two_columns, table])
def test_page_of_a_seed_is_the_same_each_time(layout: Layout) -> None:
    first, again, other = (layout(random.Random(seed), TYPE, 75) for seed in ("a", "a", "b"))

    assert first.text == again.text != other.text
    assert np.array_equal(np.asarray(first.picture), np.asarray(again.picture))


def test_text_of_a_page_stays_within_its_margins() -> None:
    ink = np.asarray(two_columns(random.Random(1), TYPE, 75).picture).min(axis=2) < 128

    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))

    assert (ink.shape[0] - rows[-1], ink.shape[1] - columns[-1]) > (35, 35)
    assert rows[0] > 35
    assert columns[0] > 35


def test_noise_is_as_strong_as_it_is_said_to_be() -> None:
    grey = Image.new("RGB", (200, 200), (128, 128, 128))

    pixels = np.asarray(noisy(grey, 20, 1)).astype(float)

    assert pixels.std() == pytest.approx(20, rel=0.02)
    assert pixels.mean() == pytest.approx(128, abs=1)


def test_page_that_is_turned_is_cut_off_nowhere() -> None:
    page = one_column(random.Random(1), TYPE, 75).picture

    aslant, upside_down = turned(page, 10), turned(page, 180)

    assert aslant.width > page.width
    assert np.array_equal(np.asarray(upside_down)[::-1, ::-1], np.asarray(page))


def test_every_kind_of_page_can_be_drawn() -> None:
    drawn = {name: condition.page(random.Random(1), TYPE) for name, condition in conditions(1).items()}

    assert all(len(page.text.split()) > 40 for page in drawn.values())
    assert len({page.picture.tobytes() for page in drawn.values()}) == len(drawn)


@pytest.mark.engine
def test_each_kind_of_page_has_a_row_of_its_errors() -> None:
    [told] = tables(["--fonts", "1", "--rounds", "0", "--kinds", "75 dpi"])

    [(name, characters, character_errors, word_errors, of_the_font)] = told.rows
    assert name == "75 dpi"
    assert characters > 1000
    assert 0 <= character_errors == of_the_font < 5
    assert 0 <= word_errors < 20
