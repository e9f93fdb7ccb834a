"""Extractive summaries: the sentences a document turns around, word for word and in its order."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from pipelines.catalogue import pipeline
from pipelines.contract import Context, JsonObject, Lane, Output, Params, Part, PartKind, Result, Run, Source
from pipelines.engines.embedding import DEFAULT_MODEL, Embedder, embedded_by, embedder, language_warning
from pipelines.engines.language import detect_language
from pipelines.media.document import DOCUMENT_TYPES, Document, read_prose
from pipelines.media.passages import Span, sentences

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_SENTENCES = 1500  # compared with each other: 9 MB of similarities, about 15 s of embedding on two cores
EMBED_AT_ONCE = 64
SENTENCES = 5  # where no length is asked for
MIN_LETTERS = 12  # what is shorter is a heading, a number or a caption

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")  # kana and Han


class SummarizeParams(Params):
    """How long the summary is and how much it may repeat itself."""

    sentences: int | None = Field(
        default=None,
        ge=1,
        le=50,
        title="Sentences",
        description="How many sentences the summary has at most. Left empty: 5, unless words or a share are given.",
    )
    words: int | None = Field(
        default=None,
        ge=10,
        le=2000,
        title="Words",
        description="How many words the summary has at most, instead of sentences. Left empty: no matter.",
    )
    share: float | None = Field(
        default=None,
        ge=0.05,
        le=0.5,
        title="Share",
        description="Which share of the text the summary is at most, instead of sentences. Left empty: no matter.",
    )
    diversity: float = Field(
        default=0.3,
        ge=0,
        le=1,
        title="Diversity",
        description="0 takes the most central sentences even if they say the same; 1 cares only that each differs.",
    )

    @model_validator(mode="after")
    def _has_one_length(self) -> Self:
        if sum(length is not None for length in (self.sentences, self.words, self.share)) > 1:
            raise ValueError("the length is told more than once: give one of sentences, words and share")
        return self


@pipeline(
    name="text.summarize",
    title="Summarize text",
    lane=Lane.CPU,
    accepts=DOCUMENT_TYPES,
    params=SummarizeParams,
    rank=1,
    time_limit_s=600,  # 2,000 pages are read in ten seconds, 1,500 sentences compared in 15
    batch=4,  # a page takes half a second, a long document five
    made_by=lambda _, surroundings: embedded_by(DEFAULT_MODEL, surroundings),
)
def summarize(sources: Sequence[Source], params: SummarizeParams, context: Context) -> Run:
    """Pick the most central sentences of a document, word for word, in their order.

    Nothing is rephrased, so nothing is made up. Plain text, Markdown and PDF are read; the language is detected.
    """
    context.progress(None, "reading")
    document = read_prose(sources[0], context.check)
    spans = sentences(document.text)
    length = _length(document, spans, params)
    spans, warnings = _candidates(document, spans, length)
    model, engine, engine_warnings = embedder(context)
    picked = yield from _pick(document, spans, length, params.diversity, model, context)
    language = detect_language(document.text)
    summary = " ".join(str(sentence["text"]) for sentence in picked)
    path = context.workdir / "summary.txt"
    path.write_text("\n".join(str(sentence["text"]) for sentence in picked) + "\n", encoding="utf-8")
    yield Output("summary.txt", "text/plain", path)
    body = {"language": language, "summary": summary, "sentences": picked, "sentences_read": len(spans)}
    return Result(body, engine, (*document.warnings, *warnings, *engine_warnings, *language_warning(language)))


@dataclass(frozen=True, slots=True)
class _Length:
    """How long a sentence is, in what the summary's length is told in, and how much of that there may be."""

    of: Callable[[str], float]
    at_most: float


def _length(document: Document, spans: Sequence[Span], params: SummarizeParams) -> _Length:
    if params.words is not None:
        return _Length(_words, params.words)
    if params.share is not None:
        return _Length(len, params.share * sum(len(span.of(document.text)) for span in spans))
    return _Length(lambda _: 1, params.sentences or SENTENCES)


def _candidates(document: Document, spans: list[Span], length: _Length) -> tuple[list[Span], tuple[str, ...]]:
    if len(spans) == 1 or sum(length.of(span.of(document.text)) for span in spans) <= length.at_most:
        count = "one sentence" if len(spans) == 1 else f"{len(spans)} sentences"
        return spans, (f"The text has only {count}: the summary is the whole of it.",)
    longer: tuple[str, ...] = ()
    prose = [span for span in spans if _letters(span.of(document.text)) >= MIN_LETTERS] or spans
    if min(length.of(span.of(document.text)) for span in prose) > length.at_most:
        longer = ("No sentence is as short as was asked for: the most central one is given.",)
    if len(prose) <= MAX_SENTENCES:
        return prose, longer
    from pipelines.media.centrality import most_typical

    kept = most_typical([span.of(document.text) for span in prose], MAX_SENTENCES)
    warning = f"The document has {len(prose):,} sentences; the {MAX_SENTENCES:,} most typical ones were compared."
    return [prose[index] for index in kept], (*longer, warning)


def _pick(
    document: Document, spans: Sequence[Span], length: _Length, diversity: float, model: Embedder, context: Context
) -> Generator[Part, None, list[JsonObject]]:
    from pipelines.media.centrality import central, choose_diverse, cosines

    texts = [span.of(document.text) for span in spans]
    similarity = cosines([row for batch in _embedded(texts, model, context) for row in batch])
    scores = central(similarity)
    fitting = choose_diverse(similarity, scores, diversity, [length.of(text) for text in texts], length.at_most)
    picked: list[JsonObject] = []
    for index in sorted(fitting or [int(scores.argmax())]):
        picked.append(_told(document, spans[index], round(float(scores[index]), 4)))
        yield Part(PartKind.PASSAGE, picked[-1])
    return picked


def _embedded(texts: Sequence[str], model: Embedder, context: Context) -> "Iterator[NDArray[np.float32]]":
    for start in range(0, len(texts), EMBED_AT_ONCE):
        context.check()
        context.progress(start / len(texts), "comparing sentences")
        yield model.encode(texts[start : start + EMBED_AT_ONCE], context.check)


def _told(document: Document, span: Span, score: float) -> JsonObject:
    page = document.page_at(span.start)
    told = {"text": span.of(document.text), "start": span.start, "end": span.end, "score": score}
    return told if page is None else {**told, "page": page}


def _words(text: str) -> float:
    """Words as they are counted where they have spaces between them; where they have none, two characters are one."""
    unspaced = len(_UNSPACED.findall(text))
    return len(re.findall(r"\w+(?:['’-]\w+)*", _UNSPACED.sub(" ", text))) + unspaced / 2  # noqa: RUF001


def _letters(text: str) -> int:
    # A character of a script without spaces says as much as three or four letters.
    return sum(4 if "\u3040" <= character <= "\u9fff" else 1 for character in text if character.isalpha())
