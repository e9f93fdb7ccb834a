"""Passages of a document as vectors, to search by meaning."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import (
    Context,
    EngineUsed,
    Item,
    JsonObject,
    Lane,
    Made,
    Output,
    Params,
    Result,
    Run,
    Source,
)
from pipelines.engines.bert_config import MODEL_NAME_PATTERN
from pipelines.engines.embedding import DEFAULT_MODEL, Embedder, embedded_by, embedder, language_warning
from pipelines.engines.language import detect_language
from pipelines.errors import BadInput, PipelineError
from pipelines.media.document import DOCUMENT_TYPES, Document, read_prose
from pipelines.media.passages import Span, each_sentence, passages

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector: TypeAlias = NDArray[np.float32]

EMBEDDING_TYPE = "application/vnd.triptych.embedding+json"
MAX_PASSAGES = 20_000  # about ten minutes on two cores and 90 MB of JSON
EMBED_AT_ONCE = 64
DECIMALS = 7  # float32 holds no more of numbers below 1


class EmbedParams(Params):
    """Which model makes the vectors, and how much text one stands for."""

    model: str = Field(
        DEFAULT_MODEL,
        max_length=100,
        pattern=MODEL_NAME_PATTERN,
        title="Model",
        description=f"{DEFAULT_MODEL}, or the name of a BERT by sentence-transformers in the models' folder embed.",
    )
    max_tokens: int = Field(
        default=128,
        ge=16,
        le=256,
        title="Tokens a passage",
        description="Neighbouring sentences are joined into passages of at most so many tokens, "
        "or as many as the model reads; one vector each.",
    )


def embed_many(items: Sequence[Item]) -> list[Made | PipelineError]:
    """Embed the passages of several documents together, so that a pass reads the model's 90 MB for all of them.

    What one document is refused for is its own outcome; a cancel of one, or a model that is missing, ends all, and
    each is run alone.
    """
    return by_model(items, _embedded)


@pipeline(
    name="text.embed",
    title="Embed text",
    lane=Lane.GPU,
    accepts=DOCUMENT_TYPES,
    params=EmbedParams,
    rank=3,
    time_limit_s=3600,  # 20,000 passages take ten minutes on two cores, on busy ones more
    batch=16,  # one pass of the model
    run_many=embed_many,
    made_by=lambda params, surroundings: embedded_by(params.model, surroundings),
)
def embed(sources: Sequence[Source], params: EmbedParams, context: Context) -> Run:
    """Turn a document's passages into vectors of length 1 that lie close where the meaning is close.

    Plain text, Markdown and PDF are read; no passage is cut off: a sentence that is too long is split.
    """
    context.progress(None, "reading")
    document = read_prose(sources[0], context.check)
    model, engine, warnings = embedder(context, params.model)
    reading = _cut(document, model, params, context)
    yield _written(reading, model, _encoded(reading.texts(), model, [context]))
    return _result(reading, model, engine, warnings)


def by_model(
    items: Sequence[Item], embedded: Callable[[Sequence[Item], str], Sequence[Made | PipelineError]]
) -> list[Made | PipelineError]:
    """What ``embedded`` makes of the items of each model together, in the items' order."""
    outcomes: dict[int, Made | PipelineError] = {}
    for name in dict.fromkeys(item.params.model for item in items):
        places = [place for place, item in enumerate(items) if item.params.model == name]
        outcomes |= zip(places, embedded([items[place] for place in places], name), strict=True)
    return [outcomes[place] for place in range(len(items))]


def _embedded(items: Sequence[Item], model_name: str) -> list[Made | PipelineError]:
    model, engine, warnings = embedder(items[0].context, model_name)
    readings = [_read_or_fail(item, model) for item in items]
    good = [reading for reading in readings if not isinstance(reading, PipelineError)]
    vectors = _encoded([text for reading in good for text in reading.texts()], model, [one.context for one in good])
    outputs = iter([_written(reading, model, islice(vectors, len(reading.spans))) for reading in good])
    return [
        reading
        if isinstance(reading, PipelineError)
        else Made([next(outputs)], _result(reading, model, engine, warnings))
        for reading in readings
    ]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A document cut into passages, in the context of its run."""

    document: Document
    spans: Sequence[Span]
    context: Context

    def texts(self) -> list[str]:
        return [span.of(self.document.text) for span in self.spans]


def _read_or_fail(item: Item, model: Embedder) -> _Reading | PipelineError:
    try:
        return _cut(read_prose(item.sources[0], item.context.check), model, item.params, item.context)
    except PipelineError as error:
        return error


def _cut(document: Document, model: Embedder, params: EmbedParams, context: Context) -> _Reading:
    text, max_tokens = document.text, min(params.max_tokens, model.max_tokens)
    spans = list(islice(passages(text, each_sentence(text), model.count_tokens, max_tokens), MAX_PASSAGES + 1))
    if len(spans) > MAX_PASSAGES:
        raise BadInput(f"The document has more than {MAX_PASSAGES:,} passages: split it.", code="too_large")
    return _Reading(document, spans, context)


def _encoded(texts: Sequence[str], model: Embedder, contexts: Sequence[Context]) -> "Iterator[Vector]":
    def check() -> None:
        for context in contexts:
            context.check()

    for start in range(0, len(texts), EMBED_AT_ONCE):
        check()
        for context in contexts:
            context.progress(start / len(texts), "embedding")
        yield from model.encode(texts[start : start + EMBED_AT_ONCE], check)


def _written(reading: _Reading, model: Embedder, vectors: "Iterator[Vector]") -> Output:
    """One passage a line, written as it is made: memory does not grow with the document."""
    path = reading.context.workdir / "embeddings.json"
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"model": {json.dumps(model.name)}, "dimensions": {model.dimensions}, "passages": [')
        for number, (span, vector) in enumerate(zip(reading.spans, vectors, strict=True)):
            file.write((",\n" if number else "\n") + json.dumps(_told(reading, span, vector), ensure_ascii=False))
        file.write("\n]}\n")
    return Output(path.name, EMBEDDING_TYPE, path)


def _told(reading: _Reading, span: Span, vector: "Vector") -> JsonObject:
    told = {"start": span.start, "end": span.end, "text": span.of(reading.document.text)}
    page = reading.document.page_at(span.start)
    if page is not None:
        told["page"] = page
    return {**told, "vector": [round(value, DECIMALS) for value in vector.tolist()]}


def _result(reading: _Reading, model: Embedder, engine: EngineUsed, warnings: Sequence[str]) -> Result:
    language = detect_language(reading.document.text)
    body = {"model": model.name, "dimensions": model.dimensions, "passages": len(reading.spans), "language": language}
    return Result(body, engine, (*reading.document.warnings, *warnings, *language_warning(language, model.name)))
