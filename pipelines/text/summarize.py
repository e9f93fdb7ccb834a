"""Extractive summaries: the sentences a document turns around, word for word and in its order."""

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, JsonObject, Lane, Output, Params, Part, PartKind, Result, Run, Source
from pipelines.engines.embedding import Embedder, embedded_by, embedder, language_warning
from pipelines.engines.language import detect_language
from pipelines.media.document import DOCUMENT_TYPES, Document, read_document
from pipelines.media.passages import Span, sentences

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_SENTENCES = 1500  # compared with each other: 9 MB of similarities, about 15 s of embedding on two cores
EMBED_AT_ONCE = 64
MIN_LETTERS = 12  # what is shorter is a heading, a number or a caption


class SummarizeParams(Params):
    """How long the summary is and how much it may repeat itself."""

    sentences: int = Field(
        default=5, ge=1, le=50, title="Sentences", description="How many sentences the summary has at most."
    )
    diversity: float = Field(
        default=0.3,
        ge=0,
        le=1,
        title="Diversity",
        description="0 takes the most central sentences even if they say the same; 1 cares only that each differs.",
    )


@pipeline(
    name="text.summarize",
    title="Summarize text",
    lane=Lane.CPU,
    accepts=DOCUMENT_TYPES,
    params=SummarizeParams,
    rank=1,
    time_limit_s=600,  # 2,000 pages are read in ten seconds, 1,500 sentences compared in 15
    batch=4,  # a page takes half a second, a long document five
    made_by=embedded_by,
)
def summarize(sources: Sequence[Source], params: SummarizeParams, context: Context) -> Run:
    """Pick the most central sentences of a document, word for word, in their order.

    Nothing is rephrased, so nothing is made up. Plain text, Markdown and PDF are read; the language is detected.
    """
    context.progress(None, "reading")
    document = read_document(sources[0], context.check)
    spans, warnings = _candidates(document, params.sentences)
    model, engine, engine_warnings = embedder(context)
    picked = yield from _pick(document, spans, params, model, context)
    language = detect_language(document.text)
    summary = " ".join(str(sentence["text"]) for sentence in picked)
    path = context.workdir / "summary.txt"
    path.write_text("\n".join(str(sentence["text"]) for sentence in picked) + "\n", encoding="utf-8")
    yield Output("summary.txt", "text/plain", path)
    body = {"language": language, "summary": summary, "sentences": picked, "sentences_read": len(spans)}
    return Result(body, engine, (*document.warnings, *warnings, *engine_warnings, *language_warning(language)))


def _candidates(document: Document, wanted: int) -> tuple[list[Span], tuple[str, ...]]:
    spans = sentences(document.text)
    if len(spans) <= wanted:
        count = "one sentence" if len(spans) == 1 else f"{len(spans)} sentences"
        return spans, (f"The text has only {count}: the summary is the whole of it.",)
    prose = [span for span in spans if _letters(span.of(document.text)) >= MIN_LETTERS] or spans
    if len(prose) <= MAX_SENTENCES:
        return prose, ()
    from pipelines.media.centrality import most_typical

    kept = most_typical([span.of(document.text) for span in prose], MAX_SENTENCES)
    warning = f"The document has {len(prose):,} sentences; the {MAX_SENTENCES:,} most typical ones were compared."
    return [prose[index] for index in kept], (warning,)


def _pick(
    document: Document, spans: Sequence[Span], params: SummarizeParams, model: Embedder, context: Context
) -> Generator[Part, None, list[JsonObject]]:
    from pipelines.media.centrality import central, choose_diverse, cosines

    texts = [span.of(document.text) for span in spans]
    similarity = cosines([row for batch in _embedded(texts, model, context) for row in batch])
    scores = central(similarity)
    chosen = sorted(choose_diverse(similarity, scores, params.sentences, params.diversity))
    picked: list[JsonObject] = []
    for index in chosen:
        picked.append(_told(document, spans[index], round(float(scores[index]), 4)))
        yield Part(PartKind.PASSAGE, picked[-1])
    return picked


def _embedded(texts: Sequence[str], model: Embedder, context: Context) -> "Iterator[NDArray[np.float32]]":
    for start in range(0, len(texts), EMBED_AT_ONCE):
        context.check()
        context.progress(start / len(texts), "comparing sentences")
        yield model.encode(texts[start : start + EMBED_AT_ONCE])


def _told(document: Document, span: Span, score: float) -> JsonObject:
    page = document.page_at(span.start)
    told = {"text": span.of(document.text), "start": span.start, "end": span.end, "score": score}
    return told if page is None else {**told, "page": page}


def _letters(text: str) -> int:
    # A character of a script without spaces says as much as three or four letters.
    return sum(4 if "\u3040" <= character <= "\u9fff" else 1 for character in text if character.isalpha())
