"""image.embed: a picture as a vector, to find pictures that are alike, or that fit words."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Item, Lane, Made, Output, Params, Result, Run, Source
from pipelines.engines import comparing, labelling, open_clip_weights, timm_weights
from pipelines.engines.falling_back import first_that_works
from pipelines.engines.picture_embedding import PictureEmbedder, picture_embedding_engines
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.selection import Surroundings
from pipelines.errors import PipelineError
from pipelines.media.media_types import PICTURE_FORMATS

EMBEDDING_TYPE = "application/vnd.triptych.embedding+json"
DECIMALS = 7  # float32 holds no more of numbers below 1
AT_ONCE = 8  # pictures that are decoded before the model sees them; its batcher makes passes of them


class EmbedPictureParams(Params):
    """Which models turn pictures into vectors."""

    comparer: str = Field(
        comparing.DEFAULT_MODEL,
        title="Comparer",
        description="The name of an open_clip model whose weights are in the models' folder: texts share its space.",
        pattern=open_clip_weights.MODEL_NAME_PATTERN,
        max_length=100,
    )
    classifier: str = Field(
        labelling.DEFAULT_MODEL,
        title="Classifier",
        description="The name of a timm model to take the features of, where the comparer cannot be had.",
        pattern=timm_weights.MODEL_NAME_PATTERN,
        max_length=100,
    )


def embedded_by(params: EmbedPictureParams, surroundings: Surroundings) -> str:
    """What would embed a picture now."""
    engines = picture_embedding_engines(params.comparer, params.classifier)
    return made_by_engine(engines, surroundings, packages=("pillow", "pillow-heif"))


def embed_many(items: Sequence[Item]) -> list[Made | PipelineError]:
    """Embed several pictures together, those of the same models in one pass.

    What one picture is refused for is its own outcome; what no engine can do ends all, and each is run alone.
    """
    outcomes: list[Made | PipelineError | None] = [None] * len(items)
    for params in dict.fromkeys(item.params for item in items):
        places = [place for place, item in enumerate(items) if item.params == params]
        model, warnings = _embedder(params, items[places[0]].context)
        for start in range(0, len(places), AT_ONCE):
            some = places[start : start + AT_ONCE]
            for place, outcome in zip(some, _embedded([items[one] for one in some], model, warnings), strict=True):
                outcomes[place] = outcome
    return [outcome for outcome in outcomes if outcome is not None]


@pipeline(
    name="image.embed",
    title="Embed a picture",
    lane=Lane.GPU,
    accepts=tuple(PICTURE_FORMATS),
    params=EmbedPictureParams,
    time_limit_s=900,  # a second, after a first run has fetched a few hundred megabytes
    batch=AT_ONCE,
    run_many=embed_many,
    made_by=embedded_by,
)
def embed(sources: Sequence[Source], params: EmbedPictureParams, context: Context) -> Run:
    """Turn a picture into a vector of length 1 that lies close to those of pictures that show the same.

    A CLIP-type model's vectors also lie close to those of texts that describe the picture (``joint_with_text``).
    Where its weights are missing, a classifier's features are taken, which compare pictures alone.
    """
    context.progress(None, "loading the model")
    model, warnings = _embedder(params, context)
    context.check()
    context.progress(0.5, "embedding")
    prepared = _prepared(sources[0], model)
    [vector] = model.encode([prepared.pixels])
    yield _written(vector, sources[0], model, context)
    return _result(vector, model, (*prepared.warnings, *warnings))


def _embedder(params: EmbedPictureParams, context: Context) -> tuple[PictureEmbedder, tuple[str, ...]]:
    engines = picture_embedding_engines(params.comparer, params.classifier)
    surroundings = Surroundings(context.models_dir, context.network)
    return first_that_works(engines, surroundings, "auto", lambda make: make(context))


def _embedded(items: Sequence[Item], model: PictureEmbedder, warnings: Sequence[str]) -> Iterator[Made | PipelineError]:
    prepared = [_prepared_or_fail(item, model) for item in items]
    good = [one.pixels for one in prepared if not isinstance(one, PipelineError)]
    vectors = iter(model.encode(good) if good else [])
    for item, one in zip(items, prepared, strict=True):
        if isinstance(one, PipelineError):
            yield one
        else:
            vector = next(vectors)
            result = _result(vector, model, (*one.warnings, *warnings))
            yield Made([_written(vector, item.sources[0], model, item.context)], result)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A picture as the model wants it, and what of its file is not in it."""

    pixels: Any  # Any: torch is followed as untyped
    warnings: Sequence[str]


def _prepared_or_fail(item: Item, model: PictureEmbedder) -> _Prepared | PipelineError:
    item.context.check()
    try:
        return _prepared(item.sources[0], model)
    except PipelineError as error:
        return error


def _prepared(source: Source, model: PictureEmbedder) -> _Prepared:
    from pipelines.media.picture import read_picture

    picture = read_picture(source.path)
    return _Prepared(model.prepare(picture.upright), picture.warnings)


def _written(vector: Sequence[float], source: Source, model: PictureEmbedder, context: Context) -> Output:
    """As text.embed writes a passage; the picture's name stands where its text would."""
    passage = {"start": 0, "end": 0, "text": source.name, "vector": [round(value, DECIMALS) for value in vector]}
    path = context.workdir / "embeddings.json"
    path.write_text(json.dumps({**_told(vector, model), "passages": [passage]}, ensure_ascii=False), encoding="utf-8")
    return Output(path.name, EMBEDDING_TYPE, path)


def _result(vector: Sequence[float], model: PictureEmbedder, warnings: Sequence[str]) -> Result:
    return Result(_told(vector, model), model.used, warnings)


def _told(vector: Sequence[float], model: PictureEmbedder) -> dict[str, Any]:
    return {"model": model.used.model, "dimensions": len(vector), "joint_with_text": model.joint_with_text}
