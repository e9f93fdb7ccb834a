"""Putting evidence in order by how well it fits a question: by meaning where that can be told, else by words."""

from collections.abc import Sequence

from pipelines.contract import Context
from pipelines.dialogue.evidence import Evidence
from pipelines.engines.retrieval import best_by_words, best_of
from pipelines.errors import EngineUnavailable

MOST_COMPARED = 300  # by meaning, of those that share most words: about five seconds on two cores


def best_first(
    pieces: Sequence[Evidence], question: str, count: int, context: Context, *, near_best: float | None = None
) -> tuple[list[Evidence], tuple[str, ...]]:
    """The ``count`` best, best first, and a warning where nobody can compare by meaning.

    ``near_best``: of the best one's worth by meaning, what the others must be worth to be among them.
    """
    likely = best_by_words(pieces, question, MOST_COMPARED)
    try:
        return best_of(likely, question, count, context, near_best=near_best), ()
    except EngineUnavailable as error:
        return likely[:count], (f"What fits the question was chosen by its words alone ({error.message})",)
