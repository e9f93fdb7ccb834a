"""text.vectors: one vector for each of several texts, however long, for who brings texts of one request."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Output, Params, Result, Run, Source
from pipelines.engines.bert_config import MODEL_NAME_PATTERN
from pipelines.engines.embedding import DEFAULT_MODEL, Embedder, embedder
from pipelines.media.passages import each_sentence, passages
from pipelines.text.embed import EMBED_AT_ONCE

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


@pipeline(
    name="text.vectors",
    title="Embed several texts",
    lane=Lane.GPU,
    accepts=("application/json",),
    params=VectorsParams,
    time_limit_s=3600,
    batch=16,
    remember=False,
    is_internal=True,
)
def vectors(sources: Sequence[Source], params: VectorsParams, context: Context) -> Run:
    """Turn each text of a JSON list into one vector of length 1, float32, one after the other in the output.

    A text that is longer than the model reads has the mean of its passages' vectors, each weighted by its tokens.
    """
    texts = json.loads(sources[0].path.read_text(encoding="utf-8"))
    model, engine, warnings = embedder(context, params.model)
    counts = model.count_tokens(texts)
    path = context.workdir / VECTORS
    with path.open("wb") as file:
        for start in range(0, len(texts), EMBED_AT_ONCE):
            context.check()
            context.progress(start / len(texts), "embedding")
            some = slice(start, start + EMBED_AT_ONCE)
            file.write(_encoded(texts[some], counts[some], model, context).astype("<f4").tobytes())
    yield Output(VECTORS, VECTORS_TYPE, path)
    body = {"model": model.name, "dimensions": model.dimensions, "texts": len(texts), "tokens": sum(counts)}
    return Result(body, engine, warnings)


def _encoded(texts: Sequence[str], counts: Sequence[int], model: Embedder, context: Context) -> "Vectors":
    import numpy as np

    cut = [_pieces(text, count, model) for text, count in zip(texts, counts, strict=True)]
    pieces = [piece for some in cut for piece in some]
    found = model.encode(pieces, context.check)
    weights = np.array(model.count_tokens(pieces), np.float32)
    firsts = np.cumsum([0, *(len(some) for some in cut[:-1])])
    sums = np.add.reduceat(found * weights[:, None], firsts, axis=0)
    return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), np.float32)


def _pieces(text: str, tokens: int, model: Embedder) -> list[str]:
    """The text as it is where the model reads all of it, else its passages."""
    if tokens <= model.max_tokens:
        return [text]
    spans = passages(text, each_sentence(text), model.count_tokens, model.max_tokens)
    return [span.of(text) for span in spans] or [text]
