"""text.vectors: one vector for each of several texts, however long, for who brings texts of one request."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Item, Lane, Made, Output, Params, Result, Run, Source
from pipelines.engines.bert_config import MODEL_NAME_PATTERN
from pipelines.engines.embedding import DEFAULT_MODEL, Embedder, embedder
from pipelines.errors import PipelineError
from pipelines.media.passages import each_sentence, passages
from pipelines.text.embed import EMBED_AT_ONCE, by_model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[np.float32]

VECTORS = "vectors.f32"
VECTORS_TYPE = "application/octet-stream"


class VectorsParams(Params):
    """Which model makes the vectors."""

    model: str = Field(
        DEFAULT_MODEL,
        max_length=100,
        pattern=MODEL_NAME_PATTERN,
        title="Model",
        description=f"{DEFAULT_MODEL}, or the name of a BERT by sentence-transformers in the models' folder embed.",
    )


def vectors_many(items: Sequence[Item]) -> list[Made | PipelineError]:
    """Embed the texts of several requests together, so that a pass reads the model's weights for all of them.

    A cancel of one, or a model that is missing, ends all, and each is run alone.
    """
    return by_model(items, _embedded)


@pipeline(
    name="text.vectors",
    title="Embed several texts",
    lane=Lane.GPU,
    accepts=("application/json",),
    params=VectorsParams,
    time_limit_s=3600,
    batch=16,  # one pass of the model
    run_many=vectors_many,
    remember=False,
    is_internal=True,
)
def vectors(sources: Sequence[Source], params: VectorsParams, context: Context) -> Run:
    """Turn each text of a JSON list into one vector of length 1, float32, one after the other in the output.

    A text that is longer than the model reads has the mean of its passages' vectors, each weighted by its tokens.
    """
    [made] = _embedded([Item(sources, params, context)], params.model)
    yield from made.yielded
    return made.result


def _embedded(items: Sequence[Item], model_name: str) -> list[Made]:
    model, engine, warnings = embedder(items[0].context, model_name)
    each = [json.loads(item.sources[0].path.read_text(encoding="utf-8")) for item in items]
    texts = [text for some in each for text in some]
    counts = model.count_tokens(texts)
    found = _encoded(texts, counts, model, [item.context for item in items])
    made, first = [], 0
    for item, some in zip(items, each, strict=True):
        its = slice(first, first + len(some))
        first += len(some)
        path = item.context.workdir / VECTORS
        path.write_bytes(found[its].astype("<f4").tobytes())
        body = {"model": model.name, "dimensions": model.dimensions, "texts": len(some), "tokens": sum(counts[its])}
        made.append(Made([Output(VECTORS, VECTORS_TYPE, path)], Result(body, engine, warnings)))
    return made


def _encoded(texts: Sequence[str], counts: Sequence[int], model: Embedder, contexts: Sequence[Context]) -> "Vectors":
    """Float32 of shape (texts, dimensions): 2,048 texts of a request take 3 MB with MiniLM."""
    import numpy as np

    found = []
    for start in range(0, len(texts), EMBED_AT_ONCE):
        for context in contexts:
            context.check()
            context.progress(start / len(texts), "embedding")
        some = slice(start, start + EMBED_AT_ONCE)
        found.append(_means(texts[some], counts[some], model, contexts))
    return np.concatenate(found)


def _means(texts: Sequence[str], counts: Sequence[int], model: Embedder, contexts: Sequence[Context]) -> "Vectors":
    import numpy as np

    def check() -> None:
        for context in contexts:
            context.check()

    cut = [_pieces(text, count, model) for text, count in zip(texts, counts, strict=True)]
    pieces = [piece for some in cut for piece in some]
    weights = np.array(model.count_tokens(pieces), np.float32)
    firsts = np.cumsum([0, *(len(some) for some in cut[:-1])])
    sums = np.add.reduceat(model.encode(pieces, check) * weights[:, None], firsts, axis=0)
    return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), np.float32)


def _pieces(text: str, tokens: int, model: Embedder) -> list[str]:
    """The text as it is where the model reads all of it, else its passages."""
    if tokens <= model.max_tokens:
        return [text]
    spans = passages(text, each_sentence(text), model.count_tokens, model.max_tokens)
    return [span.of(text) for span in spans] or [text]
