"""Answering without a language model: the sentences that fit the question best, word for word."""

from collections.abc import Generator
from dataclasses import replace

from pipelines.contract import Context, Part, PartKind
from pipelines.engines.answering import EXCERPTS, Answered, Question
from pipelines.engines.embedding import embedder
from pipelines.engines.retrieval import best_of, sentences_of

SENTENCES = 3
NEAR_BEST = 0.5  # of the best sentence's worth: what fits less well than half is about something else
NOTHING_WRITTEN = "These are excerpts, word for word: no language model wrote or checked an answer."


def quote_excerpts(question: Question, context: Context) -> Generator[Part, None, Answered]:
    """Up to ``SENTENCES`` of the best sentences of the question's passages, best first; see ``Answer``."""
    _, engine, warnings = embedder(context)
    inside = [sentence for passage in question.passages for sentence in sentences_of(passage)]
    excerpts = best_of(inside, question.text, SENTENCES, context, near_best=NEAR_BEST)
    for excerpt in excerpts:
        yield Part(PartKind.PASSAGE, {"text": excerpt.text, **excerpt.told()})
    cited = list(enumerate(excerpts, 1))
    text = "\n\n".join(f"“{excerpt.text}” [{number}]" for number, excerpt in cited)
    return Answered(text, cited, replace(engine, name=EXCERPTS), {}, (NOTHING_WRITTEN, *warnings))
