"""Finding the passages of documents that a question is about, by meaning and by the words they share."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol, TypeVar

from pipelines.contract import Context, JsonObject
from pipelines.engines.embedding import embedder
from pipelines.media.document import Document
from pipelines.media.passages import Span, each_sentence, passages, sentences

PASSAGE_TOKENS = 128
MAX_COMPARED = 2000  # by meaning: about a minute on two cores
EMBED_AT_ONCE = 32
WORDS_WEIGHT = 0.3  # beside a cosine: names and numbers, of which a small model's vectors tell little, still decide
MIN_WORD = 3  # shorter words of a question are function words


class Worded(Protocol):
    """Whatever has a text to be found by."""

    @property
    def text(self) -> str:
        """What is compared with a question."""


W = TypeVar("W", bound=Worded)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document. ``source``: the document's place among the sources, from 0; ``page`` from 1."""

    document: Document
    span: Span
    source: int
    name: str

    @property
    def text(self) -> str:
        """What stands there, on one line."""
        return self.span.of(self.document.text)

    @property
    def page(self) -> int | None:
        """The page that it begins on; None where there are no pages."""
        return self.document.page_at(self.span.start)

    def told(self) -> JsonObject:
        """Where it stands, for a result."""
        place = {"source": self.source, "name": self.name, "start": self.span.start, "end": self.span.end}
        return place if self.page is None else {**place, "page": self.page}


def passages_of(document: Document, source: int, name: str, context: Context) -> list[Passage]:
    """The whole document as passages of whole sentences, and its tables as passages of whole rows.

    Raises EngineUnavailable where nobody can count tokens.
    """
    model, _, _ = embedder(context)
    return [
        Passage(read, span, source, name)
        for read in (document, replace(document, text=document.tables))
        for span in passages(read.text, each_sentence(read.text), model.count_tokens, PASSAGE_TOKENS)
    ]


def sentences_of(passage: Passage) -> list[Passage]:
    """The sentences of a passage, each at its own place."""
    document, first = passage.document, passage.span.start
    inside = sentences(document.text[first : passage.span.end])
    spans = [Span(first + span.start, first + span.end) for span in inside]
    return [Passage(document, span, passage.source, passage.name) for span in spans]


def best_of(
    candidates: Sequence[W], question: str, count: int, context: Context, *, near_best: float | None = None
) -> list[W]:
    """The ``count`` passages that fit ``question`` best, best first; none worth less than ``near_best`` of the best.

    A passage's worth is the cosine of its vector with the question's, and the share of the question's words that it
    has, rare ones counting more (inverse document frequency). Of more than ``MAX_COMPARED`` passages those that share
    most words are compared by meaning.
    """
    return best_within(math.inf, candidates, question, count, context, near_best=near_best)[0]


def best_within(
    longest_s: float,
    candidates: Sequence[W],
    question: str,
    count: int,
    context: Context,
    *,
    near_best: float | None = None,
    clock: Callable[[], float] = monotonic,
) -> tuple[list[W], int]:
    """As ``best_of``, of those that are compared in so many seconds, and how many were.

    Those that share most words come first; what there was no time for follows by its words, unless ``near_best`` asks
    what it is worth.
    """
    import numpy as np

    until = clock() + longest_s
    shared = _shares(candidates, question)
    by_words = _descending(shared)[:MAX_COMPARED]
    model, _, _ = embedder(context)
    asked = model.encode([question], context.check)[0]
    worth: list[float] = []
    for start in range(0, len(by_words), EMBED_AT_ONCE):
        if worth and clock() >= until:
            break
        context.check()
        context.progress(start / len(by_words), "looking for passages")
        some = by_words[start : start + EMBED_AT_ONCE]
        cosines = model.encode([candidates[index].text for index in some], context.check) @ asked
        worth.extend((cosines + WORDS_WEIGHT * np.array([shared[index] for index in some])).tolist())
    best = (
        _near(worth, near_best) if near_best is not None else [*_descending(worth), *range(len(worth), len(by_words))]
    )
    return [candidates[by_words[place]] for place in best[:count]], len(worth)


def _near(worth: Sequence[float], near_best: float) -> list[int]:
    """The places of those worth ``near_best`` of the best, best first."""
    best = _descending(worth)
    if not best:
        return []
    least = min(near_best * worth[best[0]], worth[best[0]])  # the best itself may be below nothing
    return [place for place in best if worth[place] >= least]


def best_by_words(candidates: Sequence[W], question: str, count: int) -> list[W]:
    """The ``count`` passages that share most of the question's words, rare ones counting more, best first."""
    return [candidates[index] for index in _descending(_shares(candidates, question))[:count]]


def _descending(values: Sequence[float]) -> list[int]:
    return sorted(range(len(values)), key=lambda index: -values[index])


def _shares(candidates: Sequence[Worded], question: str) -> list[float]:
    """Which share of the question's words, weighted by their rarity, each candidate has: 0..1."""
    asked = _words(question)
    held = [_words(candidate.text) & asked for candidate in candidates]
    holders = Counter(word for words in held for word in words)
    weight = {word: math.log(1 + len(held) / (1 + holders[word])) for word in asked}
    whole = sum(weight.values()) or 1.0
    return [sum(weight[word] for word in words) / whole for words in held]


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) >= MIN_WORD}
