"""Passages are compared with a question for as long as there is time, those that share most words first."""

import math
from dataclasses import dataclass

import pytest

from pipelines.engines.retrieval import EMBED_AT_ONCE, best_of, best_within
from pipelines.standalone import standalone_context

QUESTION = "When did the harbour of Ardal open?"


@dataclass(frozen=True)
class Told:
    text: str


@pytest.fixture
def candidates():
    """Some that share words with the question, behind many that share none."""
    bread = [Told(f"Bread number {number} is baked daily.") for number in range(EMBED_AT_ONCE)]
    return [*bread, Told("The harbour was paid for by Ardal."), Told("The harbour of Ardal did open in 1871.")]


@pytest.mark.engine
def test_what_there_is_no_time_for_follows_by_its_words(candidates, tmp_path):
    times = iter(range(100))

    best, compared = best_within(
        0.5, candidates, QUESTION, len(candidates), standalone_context(tmp_path), clock=lambda: float(next(times))
    )

    assert compared == EMBED_AT_ONCE
    assert {one.text for one in best[:2]} == {one.text for one in candidates[-2:]}
    assert best[-2:] == candidates[EMBED_AT_ONCE - 2 : EMBED_AT_ONCE]
    assert len(best) == len(candidates)


@pytest.mark.engine
def test_all_are_compared_while_there_is_time(candidates, tmp_path):
    context = standalone_context(tmp_path)

    best, compared = best_within(math.inf, candidates, QUESTION, 3, context)

    assert compared == len(candidates)
    assert best == best_of(candidates, QUESTION, 3, context)
