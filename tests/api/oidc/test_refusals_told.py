"""Whoever is refused reads why: the page has words for each reason that the API gives."""

import re
from pathlib import Path

from triptych.accounts.coming_in import Refusal

WORDS = Path(__file__).parents[3] / "ui" / "src" / "door" / "refusals.ts"


def test_door_has_words_for_every_refusal_and_for_no_other():
    told = re.findall(r"^ {4}([a-z_]+):", WORDS.read_text(), re.MULTILINE)

    assert sorted(told) == sorted(Refusal)
