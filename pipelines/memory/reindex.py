"""memory.reindex: vectors of another model for everything that is remembered, while the old ones are searched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Params, Result, Run, Source
from pipelines.engines.bert_config import MODEL_NAME_PATTERN
from pipelines.engines.embedding import DEFAULT_MODEL, embedder
from pipelines.house import Space, SpaceKind
from pipelines.memory.models import Models, picture_model, sights
from pipelines.spaces import Unplaced

REINDEX = "memory.reindex"
BEGINNING = -1  # no memory's number is as small
MOST_TOLD = 10  # of pictures that have no vector
PAGE = 128  # memories whose vectors are made and kept together: a second or two on two cores


class ReindexParams(Params):
    """Whose vectors are to be searched."""

    kind: SpaceKind = Field(SpaceKind.TEXT, title="Vectors of", description="Texts, or pictures.")
    model: str = Field(
        DEFAULT_MODEL,
        max_length=100,
        pattern=MODEL_NAME_PATTERN,
        title="Model",
        description=f"Of texts {DEFAULT_MODEL}, or the name of a BERT by sentence-transformers in the models' folder "
        "embed; of pictures the name of an open_clip or a timm model.",
    )


@pipeline(
    name=REINDEX,
    title="Re-index the memory",
    lane=Lane.GPU,
    accepts=(),
    params=ReindexParams,
    max_sources=0,
    min_sources=0,
    time_limit_s=7 * 24 * 3600,  # a million memories take a day or two on two cores
)
def reindex(sources: Sequence[Source], params: ReindexParams, context: Context) -> Run:  # noqa: ARG001 - it has none
    """Have everything that is remembered compared by another model: everybody's texts, or pictures, get its vectors.

    Until all have one the old vectors are searched, and what is remembered meanwhile gets both. A run whose process
    died goes on from where it was; what one made that failed or was cancelled is removed. With the model that is
    searched already, what lacks a vector gets one. Fails as `reindexing` beside another such job.
    """
    context.progress(None, "loading the model")
    model = (_of_pictures if params.kind is SpaceKind.PICTURE else _of_texts)(params.model, context)
    lacking = context.spaces.build(model.space)
    made = _fill(model, lacking, context)
    context.spaces.activate(model.space)
    made += _fill(model, lacking, context)  # of runs that had begun before this one, and knew the old space alone
    yield from ()  # a run is a generator; this one has neither parts nor outputs
    body = {"model": model.space.model, "dimensions": model.space.dimensions, "memories": made}
    return Result(body, model.used, (*model.warnings, *_told(list(model.unseen.values()))))


@dataclass(frozen=True, slots=True)
class _Model:
    """A loaded model, and what it makes of memories: vectors by their ids. ``unseen``: why there are none, by file."""

    space: Space
    used: EngineUsed
    warnings: Sequence[str]
    vectors: Callable[[Sequence[Unplaced]], Mapping[str, bytes]]
    unseen: dict[str, str] = field(default_factory=dict)


def _of_texts(name: str, context: Context) -> _Model:
    model, used, warnings = embedder(context, name)

    def vectors(page: Sequence[Unplaced]) -> Mapping[str, bytes]:
        made = model.encode([one.text for one in page], context.check)
        return {one.memory_id: vector.astype("<f4").tobytes() for one, vector in zip(page, made, strict=True)}

    return _Model(Space(SpaceKind.TEXT, model.name, model.dimensions), used, warnings, vectors)


def _of_pictures(name: str, context: Context) -> _Model:
    space, model, used, warnings = picture_model(context, name)
    unseen: dict[str, str] = {}

    def vectors(page: Sequence[Unplaced]) -> Mapping[str, bytes]:
        sources = {one.source.path: one.source for one in page if one.source is not None}
        seen = sights(Models([(space, model)]), list(sources.values()), context.check)
        unseen.update((str(path), why) for path, why in seen.unseen.items())
        return {
            one.memory_id: seen.vectors[one.source.path][0].values
            for one in page
            if one.source is not None and one.source.path in seen.vectors
        }

    return _Model(space, used, warnings, vectors, unseen)


def _fill(model: _Model, lacking: int, context: Context) -> int:
    """Give the memories that lack one their vectors, those that come meanwhile too; tell how many there were.

    What cannot have one, such as a picture that is broken, is tried again as long as others come.
    """
    made = 0
    while True:
        made_before, after = made, BEGINNING
        while page := _page(model.space, after, context):
            vectors = model.vectors(page)
            context.spaces.place(model.space, vectors)
            made, after = made + len(vectors), page[-1].number
            context.progress(min(made / max(lacking, 1), 1.0), f"{made:,} of {max(lacking, made):,}")
        if made == made_before:
            return made


def _page(space: Space, after: int, context: Context) -> Sequence[Unplaced]:
    context.check()
    return context.spaces.unplaced(space, after, PAGE)


def _told(unseen: Sequence[str]) -> Sequence[str]:
    more = len(unseen) - MOST_TOLD
    return [*unseen[:MOST_TOLD], *([f"{more:,} more are found by their words alone."] if more > 0 else [])]
