"""memory.reindex: vectors of another model for everything that is remembered, while the old ones are searched."""

from collections.abc import Sequence

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Params, Result, Run, Source
from pipelines.engines.bert_config import MODEL_NAME_PATTERN
from pipelines.engines.embedding import DEFAULT_MODEL, Embedder, embedder
from pipelines.house import Space, SpaceKind

REINDEX = "memory.reindex"
BEGINNING = -1  # no memory's number is as small
PAGE = 128  # memories whose vectors are made and kept together: a second or two on two cores


class ReindexParams(Params):
    """Whose vectors are to be searched."""

    model: str = Field(
        DEFAULT_MODEL,
        max_length=100,
        pattern=MODEL_NAME_PATTERN,
        title="Model",
        description=f"{DEFAULT_MODEL}, or the name of a BERT by sentence-transformers in the models' folder embed.",
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
    """Have everything that is remembered compared by another model: everybody's texts get its vectors.

    Until all have one the old vectors are searched, and what is remembered meanwhile gets both. A run that was
    cancelled or died leaves what it made: the next one of the same model goes on from there, one of another drops it.
    With the model that is searched already, what lacks a vector gets one.
    """
    context.progress(None, "loading the model")
    model, engine, warnings = embedder(context, params.model)
    space = Space(SpaceKind.TEXT, model.name, model.dimensions)
    lacking = context.spaces.build(space)
    made = _fill(space, model, lacking, context)
    context.spaces.activate(space)
    made += _fill(
        space, model, lacking, context
    )  # of runs that had begun before this one, and knew the old space alone
    yield from ()  # a run is a generator; this one has neither parts nor outputs
    return Result({"model": model.name, "dimensions": model.dimensions, "memories": made}, engine, warnings)


def _fill(space: Space, model: Embedder, lacking: int, context: Context) -> int:
    """Give every memory that lacks one its vector, those that come meanwhile too; tell how many there were."""
    made, after = 0, BEGINNING
    while True:
        context.check()
        page = context.spaces.unplaced(space, after, PAGE)
        if page:
            vectors = model.encode([one.text for one in page], context.check)
            made_of = zip(page, vectors, strict=True)
            context.spaces.place(space, {one.memory_id: vector.astype("<f4").tobytes() for one, vector in made_of})
            made += len(page)
            context.progress(min(made / max(lacking, 1), 1.0), f"{made:,} of {max(lacking, made):,}")
            after = page[-1].number
        elif after == BEGINNING:
            return made
        else:
            after = BEGINNING  # where others may have come meanwhile
