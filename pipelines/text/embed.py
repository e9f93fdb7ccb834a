"""Passages of a document as vectors, to search by meaning."""

import json
from collections.abc import Iterator, Sequence
from typing import TextIO

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, JsonObject, Lane, Output, Params, Result, Run, Source
from pipelines.engines.embedding import Embedder, embedded_by, embedder, language_warning
from pipelines.engines.language import detect_language
from pipelines.errors import BadInput
from pipelines.media.document import DOCUMENT_TYPES, Document, read_document
from pipelines.media.passages import Span, passages, sentences

EMBEDDING_TYPE = "application/vnd.triptych.embedding+json"
MAX_PASSAGES = 20_000  # about ten minutes on two cores and 90 MB of JSON
EMBED_AT_ONCE = 64
DECIMALS = 7  # float32 holds no more of numbers below 1


class EmbedParams(Params):
    """How much text one vector stands for."""

    max_tokens: int = Field(
        default=128,
        ge=16,
        le=256,
        title="Tokens a passage",
        description="Neighbouring sentences are joined into passages of at most so many tokens; one vector each.",
    )


@pipeline(
    name="text.embed",
    title="Embed text",
    lane=Lane.CPU,
    accepts=DOCUMENT_TYPES,
    params=EmbedParams,
    rank=3,
    made_by=embedded_by,
)
def embed(sources: Sequence[Source], params: EmbedParams, context: Context) -> Run:
    """Turn a document's passages into vectors of length 1 that lie close where the meaning is close.

    Plain text, Markdown and PDF are read; no passage is cut off: a sentence that is too long is split.
    """
    context.progress(None, "reading")
    document = read_document(sources[0], context.check)
    model, engine, warnings = embedder(context)
    spans = passages(document.text, sentences(document.text), model.count_tokens, params.max_tokens)
    if len(spans) > MAX_PASSAGES:
        raise BadInput(f"The document has {len(spans):,} passages; at most {MAX_PASSAGES:,} fit.", code="too_large")
    path = context.workdir / "embeddings.json"
    with path.open("w", encoding="utf-8") as file:
        _write(file, model, _embedded(document, spans, model, context))
    yield Output("embeddings.json", EMBEDDING_TYPE, path)
    language = detect_language(document.text)
    body = {"model": model.name, "dimensions": model.dimensions, "passages": len(spans), "language": language}
    return Result(body, engine, (*document.warnings, *warnings, *language_warning(language)))


def _embedded(document: Document, spans: Sequence[Span], model: Embedder, context: Context) -> Iterator[JsonObject]:
    for start in range(0, len(spans), EMBED_AT_ONCE):
        context.check()
        context.progress(start / len(spans), "embedding")
        batch = spans[start : start + EMBED_AT_ONCE]
        texts = [span.of(document.text) for span in batch]
        for span, text, vector in zip(batch, texts, model.encode(texts), strict=True):
            told = {"start": span.start, "end": span.end, "text": text}
            page = document.page_at(span.start)
            if page is not None:
                told["page"] = page
            yield {**told, "vector": [round(value, DECIMALS) for value in vector.tolist()]}


def _write(file: TextIO, model: Embedder, embedded: Iterator[JsonObject]) -> None:
    """One passage a line, written as it is made: memory does not grow with the document."""
    file.write(f'{{"model": {json.dumps(model.name)}, "dimensions": {model.dimensions}, "passages": [')
    for number, passage in enumerate(embedded):
        file.write((",\n" if number else "\n") + json.dumps(passage, ensure_ascii=False))
    file.write("\n]}\n")
