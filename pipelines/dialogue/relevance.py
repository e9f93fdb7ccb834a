"""Putting evidence in order by how well it fits a question: by meaning where that can be told, else by words."""

import math
from collections.abc import Sequence

from pipelines.contract import Context
from pipelines.dialogue.evidence import Evidence
from pipelines.engines.retrieval import best_by_words, best_within
from pipelines.errors import EngineUnavailable

MOST_COMPARED = 300  # by meaning, of those that share most words: about five seconds on two cores


def best_first(
    pieces: Sequence[Evidence],
    question: str,
    count: int,
    context: Context,
    *,
    near_best: float | None = None,
    longest_s: float = math.inf,
) -> tuple[list[Evidence], tuple[str, ...]]:
    """The ``count`` best, best first, and a warning where nobody can compare all of them by meaning.

    ``near_best``: of the best one's worth by meaning, what the others must be worth to be among them. ``longest_s``:
    how long may be spent on comparing by meaning: a busy machine compares fewer.
    """
    likely = best_by_words(pieces, question, MOST_COMPARED)
    try:
        best, compared = best_within(longest_s, likely, question, count, context, near_best=near_best)
    except EngineUnavailable as error:
        return likely[:count], (f"What fits the question was chosen by its words alone ({error.message})",)
    if compared == len(likely):
        return best, ()
    return best, (
        f"Only {compared} of {len(likely)} passages were compared with the question by their meaning, the others by "
        f"their words: it took longer than {longest_s:g} s.",
    )
